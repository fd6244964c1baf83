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
            PutOnBy<ByFour, TStorage>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
        else
        {
            PutOnBy<ByOne, TStorage>(x, y, batch, height, rowSize, border, borderSize, accumulate);
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
            TakeOffBy<ByFour, TStorage>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
        else
        {
            TakeOffBy<ByOne, TStorage>(x, y, batch, height, rowSize, border, borderSize, accumulate);
        }
    }

    private static void PutOnBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var large = height + 2 * border;
        var pitch = rowSize + 2 * borderSize;
        var count = batch * large * pitch;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var line = (int)((uint)i / (uint)pitch);
            var image = (int)((uint)line / (uint)large);
            var row = line - image * large - border;
            var place = i - line * pitch - borderSize;
            Float4 value = default;
            if (row >= 0 && row < height && place >= 0 && place < rowSize)
            {
                value = TAccess.Load<TStorage>(x, (image * height + row) * rowSize + place);
            }

            Access.Put<TAccess, TStorage>(y, i, value, accumulate);
        }
    }

    private static void TakeOffBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var count = batch * height * rowSize;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var line = (int)((uint)i / (uint)rowSize);
            var image = (int)((uint)line / (uint)height);
            var from = (line + (2 * image + 1) * border) * (rowSize + 2 * borderSize) + borderSize;
            Access.Put<TAccess, TStorage>(y, i, TAccess.Load<TStorage>(x, from + i - line * rowSize), accumulate);
        }
    }
}
