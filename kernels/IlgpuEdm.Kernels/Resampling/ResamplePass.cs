using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// The cooperative schedule of <see cref="ResampleKernels"/>: a thread has a few channels of a small pixel, and of the four large pixels
/// that belong to it; its neighbour has the next channels.
/// </summary>
public static class ResamplePass
{
    /// <summary>As <see cref="ResampleKernels.Spread"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="ResampleKernels.Spread"/>
    [Cooperative]
    public static void Spread<TStorage>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TStorage : struct, IStorage
    {
        if ((channels & 3) == 0)
        {
            SpreadBy<FourElements<TStorage>>(x, y, rows, width, channels, factor, accumulate);
        }
        else
        {
            SpreadBy<OneElement<TStorage>>(x, y, rows, width, channels, factor, accumulate);
        }
    }

    /// <summary>As <see cref="ResampleKernels.Gather"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="ResampleKernels.Gather"/>
    [Cooperative]
    public static void Gather<TStorage>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TStorage : struct, IStorage
    {
        if ((channels & 3) == 0)
        {
            GatherBy<FourElements<TStorage>>(x, y, rows, width, channels, factor, accumulate);
        }
        else
        {
            GatherBy<OneElement<TStorage>>(x, y, rows, width, channels, factor, accumulate);
        }
    }

    private static void SpreadBy<TElements>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TElements : struct, IElements
    {
        var count = rows * width * channels;
        var line = 2 * width * channels;
        for (var i = TElements.Count * WorkItem.Index(); i < count; i += TElements.Count * WorkItem.Count())
        {
            var value = TElements.Load(x, i);
            var to = FirstOfFour(i, width, channels);
            Put<TElements>(y, to, factor, value, accumulate);
            Put<TElements>(y, to + channels, factor, value, accumulate);
            Put<TElements>(y, to + line, factor, value, accumulate);
            Put<TElements>(y, to + line + channels, factor, value, accumulate);
        }
    }

    private static void GatherBy<TElements>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TElements : struct, IElements
    {
        var count = rows * width * channels;
        var line = 2 * width * channels;
        for (var i = TElements.Count * WorkItem.Index(); i < count; i += TElements.Count * WorkItem.Count())
        {
            var from = FirstOfFour(i, width, channels);
            var sum = TElements.Load(x, from);
            sum = Float4.MultiplyAdd(1f, TElements.Load(x, from + channels), sum);
            sum = Float4.MultiplyAdd(1f, TElements.Load(x, from + line), sum);
            sum = Float4.MultiplyAdd(1f, TElements.Load(x, from + line + channels), sum);
            Put<TElements>(y, i, factor, sum, accumulate);
        }
    }

    private static void Put<TElements>(ArrayView<float> y, int to, float factor, Float4 value, int accumulate)
        where TElements : struct, IElements
    {
        Float4 old = default;
        if (accumulate != 0)
        {
            old = TElements.Load(y, to);
        }

        TElements.Store(y, to, Float4.MultiplyAdd(factor, value, old));
    }

    // The element of the upper left one of the large pixels.
    private static int FirstOfFour(int i, int width, int channels)
    {
        var pixel = (int)((uint)i / (uint)channels);
        var row = (int)((uint)pixel / (uint)width);
        return (4 * row * width + 2 * (pixel - row * width)) * channels + (i - pixel * channels);
    }
}
