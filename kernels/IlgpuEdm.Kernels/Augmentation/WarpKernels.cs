using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>
/// Affine resampling of images, each with a map of its own, in four steps: double the width, double the height (both with
/// <see cref="Sym6"/>), sample the doubled image bilinearly at double density, halve both sizes again. A task is a row of what a step
/// makes.
/// </summary>
public static class WarpKernels
{
    /// <summary>
    /// Numbers of an image in the table of windows: its number, the margins on its left and at its top, rows and pixels of a row with
    /// margins.
    /// </summary>
    public const int WindowEntry = 5;

    /// <summary>
    /// Numbers of an image in the table of maps: the six of an affine map from places in the rows and columns that are sampled to places in
    /// the image at double size, in units of 2^-32, so that no device rounds them.
    /// </summary>
    public const int MapEntry = 6;

    private const int Beyond = Sym6.Length / 4;

    /// <summary>Surrounds images with their reflections, then with zeros, and doubles their width.</summary>
    /// <param name="images">All images, <c>[N, H, W, C]</c>.</param>
    /// <param name="wide">Receives <see cref="WarpShape.WideRows"/> rows an image.</param>
    /// <param name="scratch"><see cref="WarpShape.PaddingScratch"/> a work item.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="shape">The shape.</param>
    public static void Widen(
        ArrayView<float> images, ArrayView<float> wide, ArrayView<float> scratch, ArrayView<int> windows, WarpShape shape)
    {
        var channels = shape.Channels;
        var line = WorkItem.Index() * shape.PaddingScratch;
        var tasks = shape.Count * shape.WideRows;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var entry = task / shape.WideRows;
            var window = entry * WindowEntry;
            var padded = windows[window + 4];
            var row = task - entry * shape.WideRows - Beyond;
            var isInside = row >= 0 && row < windows[window + 3];
            var from = (windows[window] * shape.Height + Reflection.Index(row - windows[window + 2], shape.Height)) * shape.Width;
            for (var i = -Beyond; i < padded + Beyond; i++)
            {
                var x = (from + Reflection.Index(i - windows[window + 1], shape.Width)) * channels;
                var to = line + (i + Beyond) * channels;
                for (var c = 0; c < channels; c++)
                {
                    scratch[to + c] = isInside && i >= 0 && i < padded ? images[x + c] : 0f;
                }
            }

            var even = task * shape.WideRow;
            var odd = even + shape.PaddedWidth * channels;
            Sym6.OddTapsReversed(scratch, line, channels, wide, even, padded * channels);
            Sym6.EvenTapsReversed(scratch, line + channels, channels, wide, odd, padded * channels);
        }
    }

    /// <summary>Doubles the height of images of double width.</summary>
    /// <param name="wide">What <see cref="Widen"/> made.</param>
    /// <param name="tall">Receives <see cref="WarpShape.TallRows"/> rows an image.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="shape">The shape.</param>
    public static void Heighten(ArrayView<float> wide, ArrayView<float> tall, ArrayView<int> windows, WarpShape shape)
    {
        var step = shape.WideRow;
        var half = shape.PaddedWidth * shape.Channels;
        var tasks = shape.Count * shape.TallRows;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var entry = task / shape.TallRows;
            var row = task - entry * shape.TallRows;
            var count = windows[entry * WindowEntry + 4] * shape.Channels;
            if (row < 2 * windows[entry * WindowEntry + 3])
            {
                for (var o = 0; o <= half; o += half)
                {
                    var from = (entry * shape.WideRows + (row >> 1)) * step + o;
                    if ((row & 1) == 0)
                    {
                        Sym6.OddTapsReversed(wide, from, step, tall, task * step + o, count);
                    }
                    else
                    {
                        Sym6.EvenTapsReversed(wide, from + step, step, tall, task * step + o, count);
                    }
                }
            }
        }
    }

    /// <summary>Samples images of double size where their maps say, bilinearly with zeros outside, and halves the result's width.</summary>
    /// <param name="tall">What <see cref="Heighten"/> made.</param>
    /// <param name="sampled">Receives <see cref="WarpShape.SampledRows"/> rows of <c>[W, C]</c> an image.</param>
    /// <param name="scratch"><see cref="WarpShape.SamplingScratch"/> a work item.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="shape">The shape.</param>
    public static void Sample(
        ArrayView<float> tall, ArrayView<float> sampled, ArrayView<float> scratch, ArrayView<int> windows, ArrayView<long> maps,
        WarpShape shape)
    {
        var channels = shape.Channels;
        var half = shape.SamplingScratch / 2;
        var even = WorkItem.Index() * shape.SamplingScratch;
        var tasks = shape.Count * shape.SampledRows;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var entry = task / shape.SampledRows;
            var row = task - entry * shape.SampledRows;
            var map = entry * MapEntry;
            var x = maps[map + 1] * row + maps[map + 2];
            var y = maps[map + 4] * row + maps[map + 5];
            var stepX = maps[map];
            var stepY = maps[map + 3];
            var first = entry * shape.TallRows * shape.WideRow;
            var height = 2 * windows[entry * WindowEntry + 3];
            var width = 2 * windows[entry * WindowEntry + 4];
            for (var j = 0; j < shape.SampledColumns; j++)
            {
                var to = even + (j & 1) * half + (j >> 1) * channels;
                var place = BilinearPlace.At(first, shape.WideRow, height, width, channels, x, y);
                for (var c = 0; c < channels; c++)
                {
                    scratch[to + c] = place.Value(tall, c);
                }

                x += stepX;
                y += stepY;
            }

            Sym6.Halve(scratch, even, even + half, channels, sampled, task * shape.Width * channels, shape.Width * channels);
        }
    }

    /// <summary>Halves the height of what was sampled, into the images.</summary>
    /// <param name="sampled">What <see cref="Sample"/> made.</param>
    /// <param name="images">All images; the listed ones are replaced.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="shape">The shape.</param>
    public static void Shrink(ArrayView<float> sampled, ArrayView<float> images, ArrayView<int> windows, WarpShape shape)
    {
        var length = shape.Width * shape.Channels;
        var tasks = shape.Count * shape.Height;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var entry = task / shape.Height;
            var row = task - entry * shape.Height;
            var from = (entry * shape.SampledRows + 2 * row) * length;
            var to = (windows[entry * WindowEntry] * shape.Height + row) * length;
            Sym6.Halve(sampled, from, from + length, 2 * length, images, to, length);
        }
    }
}
