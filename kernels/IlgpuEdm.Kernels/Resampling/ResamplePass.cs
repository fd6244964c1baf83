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
            SpreadBy<ByFour, TStorage>(x, y, rows, width, channels, factor, accumulate);
        }
        else
        {
            SpreadBy<ByOne, TStorage>(x, y, rows, width, channels, factor, accumulate);
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
            GatherBy<ByFour, TStorage>(x, y, rows, width, channels, factor, accumulate);
        }
        else
        {
            GatherBy<ByOne, TStorage>(x, y, rows, width, channels, factor, accumulate);
        }
    }

    private static void SpreadBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var count = rows * width * channels;
        var line = 2 * width * channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var value = TAccess.Load<TStorage>(x, i);
            var to = FirstOfFour(i, width, channels);
            Put<TAccess, TStorage>(y, to, factor, value, accumulate);
            Put<TAccess, TStorage>(y, to + channels, factor, value, accumulate);
            Put<TAccess, TStorage>(y, to + line, factor, value, accumulate);
            Put<TAccess, TStorage>(y, to + line + channels, factor, value, accumulate);
        }
    }

    private static void GatherBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var count = rows * width * channels;
        var line = 2 * width * channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var from = FirstOfFour(i, width, channels);
            var sum = TAccess.Load<TStorage>(x, from);
            sum = Float4.MultiplyAdd(1f, TAccess.Load<TStorage>(x, from + channels), sum);
            sum = Float4.MultiplyAdd(1f, TAccess.Load<TStorage>(x, from + line), sum);
            sum = Float4.MultiplyAdd(1f, TAccess.Load<TStorage>(x, from + line + channels), sum);
            Put<TAccess, TStorage>(y, i, factor, sum, accumulate);
        }
    }

    private static void Put<TAccess, TStorage>(ArrayView<float> y, int to, float factor, Float4 value, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        Float4 old = default;
        if (accumulate != 0)
        {
            old = TAccess.Load<TStorage>(y, to);
        }

        TAccess.Store<TStorage>(y, to, Float4.MultiplyAdd(factor, value, old));
    }

    // The element of the upper left one of the large pixels.
    private static int FirstOfFour(int i, int width, int channels)
    {
        var pixel = (int)((uint)i / (uint)channels);
        var row = (int)((uint)pixel / (uint)width);
        return (4 * row * width + 2 * (pixel - row * width)) * channels + (i - pixel * channels);
    }
}
