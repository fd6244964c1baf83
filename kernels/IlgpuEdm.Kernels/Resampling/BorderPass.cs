using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>The cooperative schedule of <see cref="BorderKernels"/>: neighbouring threads have neighbouring elements of y.</summary>
public static class BorderPass
{
    /// <summary>As <see cref="BorderKernels.PutOn"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="BorderKernels.PutOn"/>
    [Cooperative]
    public static void PutOn<TStorage>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TStorage : struct, IStorage
    {
        if (((rowSize | borderSize) & 3) == 0)
        {
            PutOnBy<FourElements<TStorage>>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
        else
        {
            PutOnBy<OneElement<TStorage>>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
    }

    /// <summary>As <see cref="BorderKernels.TakeOff"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="BorderKernels.TakeOff"/>
    [Cooperative]
    public static void TakeOff<TStorage>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TStorage : struct, IStorage
    {
        if (((rowSize | borderSize) & 3) == 0)
        {
            TakeOffBy<FourElements<TStorage>>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
        else
        {
            TakeOffBy<OneElement<TStorage>>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
    }

    private static void PutOnBy<TElements>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TElements : struct, IElements
    {
        var large = height + 2 * border;
        var pitch = rowSize + 2 * borderSize;
        var count = batch * large * pitch;
        for (var i = TElements.Count * WorkItem.Index(); i < count; i += TElements.Count * WorkItem.Count())
        {
            var line = (int)((uint)i / (uint)pitch);
            var image = (int)((uint)line / (uint)large);
            var row = line - image * large - border;
            var place = i - line * pitch - borderSize;
            Float4 value = default;
            if (row >= 0 && row < height && place >= 0 && place < rowSize)
            {
                value = TElements.Load(x, (image * height + row) * rowSize + place);
            }

            Put<TElements>(y, i, value, accumulate);
        }
    }

    private static void TakeOffBy<TElements>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TElements : struct, IElements
    {
        var count = batch * height * rowSize;
        for (var i = TElements.Count * WorkItem.Index(); i < count; i += TElements.Count * WorkItem.Count())
        {
            var line = (int)((uint)i / (uint)rowSize);
            var image = (int)((uint)line / (uint)height);
            var from = (line + (2 * image + 1) * border) * (rowSize + 2 * borderSize) + borderSize;
            Put<TElements>(y, i, TElements.Load(x, from + i - line * rowSize), accumulate);
        }
    }

    private static void Put<TElements>(ArrayView<float> y, int i, Float4 value, int accumulate)
        where TElements : struct, IElements
    {
        if (accumulate != 0)
        {
            value = Float4.MultiplyAdd(1f, value, TElements.Load(y, i));
        }

        TElements.Store(y, i, value);
    }
}
