using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// The cooperative schedule of <see cref="FilterKernels"/>: a thread computes a few channels of a pixel from all taps of both axes at once,
/// and its neighbour the next channels. What neighbouring pixels share comes from the caches.
/// </summary>
public static class FilterPass
{
    /// <summary>As <see cref="FilterKernels.Gather"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <param name="x">Large images; zeros beyond their edges.</param>
    /// <param name="y">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="weights">The filter f, then its even taps backwards, then its odd taps backwards.</param>
    /// <param name="s">The resampling; its scratch means nothing here.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    [Cooperative]
    public static void Gather<TStorage>(ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, FilterShape s, int accumulate)
        where TStorage : struct, IStorage
    {
        if ((s.Channels & 3) == 0)
        {
            GatherBy<ByFour, TStorage>(x, y, weights, s, accumulate);
        }
        else
        {
            GatherBy<ByOne, TStorage>(x, y, weights, s, accumulate);
        }
    }

    /// <summary>As <see cref="FilterKernels.Spread"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <param name="x">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">Large images.</param>
    /// <param name="weights">The filter f, then its even taps backwards, then its odd taps backwards.</param>
    /// <param name="s">The resampling; its scratch means nothing here.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    [Cooperative]
    public static void Spread<TStorage>(ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, FilterShape s, int accumulate)
        where TStorage : struct, IStorage
    {
        if ((s.Channels & 3) == 0)
        {
            SpreadBy<ByFour, TStorage>(x, y, weights, s, accumulate);
        }
        else
        {
            SpreadBy<ByOne, TStorage>(x, y, weights, s, accumulate);
        }
    }

    private static void GatherBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, FilterShape s, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var largeHeight = s.LargeHeight;
        var largeWidth = s.LargeWidth;
        var count = s.Batch * s.Height * s.Width * s.Channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            Place(i, s.Height, s.Width, s.Channels, out var image, out var row, out var column, out var channel);
            var top = 2 * row - s.Padding;
            var left = 2 * column - s.Padding;
            var sum = Sum<TAccess, TStorage>(
                x, image * largeHeight, largeHeight, largeWidth, s.Channels, top, left, channel,
                weights, 0, 0, 2 * s.HalfTaps);
            Access.Put<TAccess, TStorage>(y, i, sum, accumulate);
        }
    }

    private static void SpreadBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, FilterShape s, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var largeHeight = s.LargeHeight;
        var largeWidth = s.LargeWidth;
        var count = s.Batch * largeHeight * largeWidth * s.Channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            // A large pixel lies at 2 m + phase, counted with the padding, and sums small pixels m - half + 1 to m.
            Place(i, largeHeight, largeWidth, s.Channels, out var image, out var row, out var column, out var channel);
            row += s.Padding;
            column += s.Padding;
            var sum = Sum<TAccess, TStorage>(
                x, image * s.Height, s.Height, s.Width, s.Channels,
                (row >> 1) - s.HalfTaps + 1, (column >> 1) - s.HalfTaps + 1, channel,
                weights, (2 + (row & 1)) * s.HalfTaps, (2 + (column & 1)) * s.HalfTaps, s.HalfTaps);
            Access.Put<TAccess, TStorage>(y, i, sum, accumulate);
        }
    }

    // The weighted sum of a window of taps x taps pixels, of which those within the image count.
    private static Float4 Sum<TAccess, TStorage>(
        ArrayView<float> x, int firstRow, int height, int width, int channels, int top, int left, int channel,
        ArrayView<float> weights, int rowWeights, int columnWeights, int taps)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var firstY = top < 0 ? -top : 0;
        var firstX = left < 0 ? -left : 0;
        var endY = height - top < taps ? height - top : taps;
        var endX = width - left < taps ? width - left : taps;
        Float4 sum = default;
        for (var ky = firstY; ky < endY; ky++)
        {
            var from = ((firstRow + top + ky) * width + left) * channels + channel;
            Float4 line = default;
            for (var kx = firstX; kx < endX; kx++)
            {
                line = Float4.MultiplyAdd(weights[columnWeights + kx], TAccess.Load<TStorage>(x, from + kx * channels), line);
            }

            sum = Float4.MultiplyAdd(weights[rowWeights + ky], line, sum);
        }

        return sum;
    }

    private static void Place(int i, int height, int width, int channels, out int image, out int row, out int column, out int channel)
    {
        var pixel = (int)((uint)i / (uint)channels);
        var line = (int)((uint)pixel / (uint)width);
        image = (int)((uint)line / (uint)height);
        row = line - image * height;
        column = pixel - line * width;
        channel = i - pixel * channels;
    }
}
