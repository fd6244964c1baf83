using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>
/// The cooperative schedule of <see cref="WarpKernels"/>: a thread has one number of what a step makes, its neighbour the next. Images have
/// few channels, and what neighbours read twice comes from the caches.
/// </summary>
public static class WarpPass
{
    private const int Beyond = Sym6.Length / 4;

    /// <summary>As <see cref="WarpKernels.Widen"/>.</summary>
    /// <param name="images">All images, <c>[N, H, W, C]</c>.</param>
    /// <param name="wide">Receives <see cref="WarpShape.WideRows"/> rows an image.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="shape">The shape.</param>
    [Cooperative]
    public static void Widen(ArrayView<float> images, ArrayView<float> wide, ArrayView<int> windows, WarpShape shape)
    {
        var half = shape.PaddedWidth * shape.Channels;
        var count = shape.Count * shape.WideRows * 2 * half;
        for (var i = WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            // A row at double width holds its even pixels, then its odd ones.
            var line = Quotient(i, half);
            var task = line >> 1;
            var odd = line & 1;
            var entry = Quotient(task, shape.WideRows);
            var window = entry * WarpKernels.WindowEntry;
            var row = task - entry * shape.WideRows - Beyond;
            var column = Quotient(i - line * half, shape.Channels);
            var channel = i - line * half - column * shape.Channels;
            var padded = windows[window + 4];
            if (column >= padded)
            {
                continue;
            }

            var sum = 0f;
            if (row >= 0 && row < windows[window + 3])
            {
                var from = (windows[window] * shape.Height + Reflection.Index(row - windows[window + 2], shape.Height)) * shape.Width;
                var margin = windows[window + 1];
                var first = column - Beyond + odd;
                var x0 = Pixel(images, from, first, padded, margin, shape.Width, shape.Channels, channel);
                var x1 = Pixel(images, from, first + 1, padded, margin, shape.Width, shape.Channels, channel);
                var x2 = Pixel(images, from, first + 2, padded, margin, shape.Width, shape.Channels, channel);
                var x3 = Pixel(images, from, first + 3, padded, margin, shape.Width, shape.Channels, channel);
                var x4 = Pixel(images, from, first + 4, padded, margin, shape.Width, shape.Channels, channel);
                var x5 = Pixel(images, from, first + 5, padded, margin, shape.Width, shape.Channels, channel);
                sum = Doubled(odd, x0, x1, x2, x3, x4, x5);
            }

            wide[i] = sum;
        }
    }

    /// <summary>As <see cref="WarpKernels.Heighten"/>.</summary>
    /// <param name="wide">What <see cref="Widen"/> made.</param>
    /// <param name="tall">Receives <see cref="WarpShape.TallRows"/> rows an image.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="shape">The shape.</param>
    [Cooperative]
    public static void Heighten(ArrayView<float> wide, ArrayView<float> tall, ArrayView<int> windows, WarpShape shape)
    {
        var step = shape.WideRow;
        var count = shape.Count * shape.TallRows * step;
        for (var i = WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            var task = Quotient(i, step);
            var entry = Quotient(task, shape.TallRows);
            var row = task - entry * shape.TallRows;
            if (row >= 2 * windows[entry * WarpKernels.WindowEntry + 3])
            {
                continue;
            }

            var odd = row & 1;
            var from = (entry * shape.WideRows + (row >> 1) + odd) * step + (i - task * step);
            tall[i] = Doubled(
                odd, wide[from], wide[from + step], wide[from + 2 * step], wide[from + 3 * step], wide[from + 4 * step],
                wide[from + 5 * step]);
        }
    }

    /// <summary>As <see cref="WarpKernels.Sample"/>.</summary>
    /// <param name="tall">What <see cref="Heighten"/> made.</param>
    /// <param name="sampled">Receives <see cref="WarpShape.SampledRows"/> rows of <c>[W, C]</c> an image.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="shape">The shape.</param>
    [Cooperative]
    public static void Sample(
        ArrayView<float> tall, ArrayView<float> sampled, ArrayView<int> windows, ArrayView<long> maps, WarpShape shape)
    {
        var channels = shape.Channels;
        var pitch = shape.WideRow;
        var length = shape.Width * channels;
        var count = shape.Count * shape.SampledRows * length;
        for (var i = WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            var task = Quotient(i, length);
            var column = Quotient(i - task * length, channels);
            var channel = i - task * length - column * channels;
            var entry = Quotient(task, shape.SampledRows);
            long row = task - entry * shape.SampledRows;
            var map = entry * WarpKernels.MapEntry;
            var stepX = maps[map];
            var stepY = maps[map + 3];
            var x = stepX * (2 * column) + maps[map + 1] * row + maps[map + 2];
            var y = stepY * (2 * column) + maps[map + 4] * row + maps[map + 5];
            var first = entry * shape.TallRows * pitch;
            var height = 2 * windows[entry * WarpKernels.WindowEntry + 3];
            var width = 2 * windows[entry * WarpKernels.WindowEntry + 4];
            var sum = 0f;
            for (var tap = 0; tap < Sym6.Length; tap++)
            {
                sum += Sym6.Tap(tap) * BilinearPlace.At(first, pitch, height, width, channels, x, y).Value(tall, channel);
                x += stepX;
                y += stepY;
            }

            sampled[i] = sum;
        }
    }

    /// <summary>As <see cref="WarpKernels.Shrink"/>.</summary>
    /// <inheritdoc cref="WarpKernels.Shrink"/>
    [Cooperative]
    public static void Shrink(ArrayView<float> sampled, ArrayView<float> images, ArrayView<int> windows, WarpShape shape)
    {
        var length = shape.Width * shape.Channels;
        var count = shape.Count * shape.Height * length;
        for (var i = WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            var task = Quotient(i, length);
            var entry = Quotient(task, shape.Height);
            var row = task - entry * shape.Height;
            var place = i - task * length;
            var from = (entry * shape.SampledRows + 2 * row) * length + place;
            var sum = 0f;
            for (var tap = 0; tap < Sym6.Length; tap++)
            {
                sum += Sym6.Tap(tap) * sampled[from + tap * length];
            }

            images[(windows[entry * WarpKernels.WindowEntry] * shape.Height + row) * length + place] = sum;
        }
    }

    private static float Pixel(
        ArrayView<float> images, int from, int place, int padded, int margin, int width, int channels, int channel) =>
        place >= 0 && place < padded ? images[(from + Reflection.Index(place - margin, width)) * channels + channel] : 0f;

    // What doubling gives from six neighbours at even and at odd places.
    private static float Doubled(int odd, float x0, float x1, float x2, float x3, float x4, float x5) => odd == 0
        ? Sym6.Tap11 * x0 + Sym6.Tap9 * x1 + Sym6.Tap7 * x2 + Sym6.Tap5 * x3 + Sym6.Tap3 * x4 + Sym6.Tap1 * x5
        : Sym6.Tap10 * x0 + Sym6.Tap8 * x1 + Sym6.Tap6 * x2 + Sym6.Tap4 * x3 + Sym6.Tap2 * x4 + Sym6.Tap0 * x5;

    private static int Quotient(int i, int size) => (int)((uint)i / (uint)size);
}
