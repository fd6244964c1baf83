using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// Resampling by two with a filter that is the same along both axes, one axis after the other. <see cref="Gather"/> and
/// <see cref="Spread"/> are each other's transpose: with the same weights, each is the other's gradient.
/// </summary>
public static class FilterKernels
{
    /// <summary>Floats of scratch that a work item needs; fits both directions.</summary>
    /// <param name="s">The resampling.</param>
    /// <returns>A row of the large image with its padding, or of the small one with what spreading reads beyond its ends.</returns>
    public static int ScratchSize(in FilterShape s)
    {
        var gather = s.LargeWidth + 2 * s.Padding;
        var spread = s.Width + 2 * (s.HalfTaps - 1);
        return (gather > spread ? gather : spread) * s.Channels;
    }

    /// <summary><c>y[i] = sum over k of f[k] * x[2 i + k - padding]</c> along both axes. A task is a row of y.</summary>
    /// <param name="x">Large images; zeros beyond their edges.</param>
    /// <param name="y">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="weights">The filter f, then its even taps backwards, then its odd taps backwards.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The resampling.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Gather(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, ArrayView<float> scratch, FilterShape s, int accumulate)
    {
        var line = WorkItem.Index() * s.Scratch;
        var border = s.Padding * s.Channels;
        var size = s.LargeWidth * s.Channels;
        FillEnds(scratch, line, border, size);
        var tasks = s.Batch * s.Height;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); row < last; row++)
        {
            var image = row / s.Height;
            var top = 2 * (row - image * s.Height) - s.Padding;
            var first = top < 0 ? -top : 0;
            var taps = s.LargeHeight - top < 2 * s.HalfTaps ? s.LargeHeight - top : 2 * s.HalfTaps;
            Taps.Sum(
                x, (image * s.LargeHeight + top + first) * size, 0, size, weights, first, taps - first,
                scratch, line + border, 0, 1, size, 0);
            Taps.Sum(
                scratch, line, 2 * s.Channels, s.Channels, weights, 0, 2 * s.HalfTaps,
                y, row * s.Width * s.Channels, s.Channels, s.Width, s.Channels, accumulate);
        }
    }

    /// <summary><c>y[2 i + k - padding] += f[k] * x[i]</c> along both axes, over zeros or over y. A task is a row of y.</summary>
    /// <param name="x">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">Large images.</param>
    /// <param name="weights">The filter f, then its even taps backwards, then its odd taps backwards.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The resampling.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Spread(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> weights, ArrayView<float> scratch, FilterShape s, int accumulate)
    {
        var line = WorkItem.Index() * s.Scratch;
        var border = (s.HalfTaps - 1) * s.Channels;
        var size = s.Width * s.Channels;
        FillEnds(scratch, line, border, size);
        var tasks = s.Batch * s.LargeHeight;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); row < last; row++)
        {
            // Large pixel j lies at 2 m + phase, counted with the padding, and sums small pixels m - half + 1 to m.
            var image = row / s.LargeHeight;
            var j = row - image * s.LargeHeight + s.Padding;
            var phase = j & 1;
            var top = (j >> 1) - s.HalfTaps + 1;
            var first = top < 0 ? -top : 0;
            var taps = s.Height - top < s.HalfTaps ? s.Height - top : s.HalfTaps;
            Taps.Sum(
                x, (image * s.Height + top + first) * size, 0, size, weights, (2 + phase) * s.HalfTaps + first, taps - first,
                scratch, line + border, 0, 1, size, 0);
            for (var side = 0; side < 2; side++)
            {
                j = side + s.Padding;
                Taps.Sum(
                    scratch, line + (j >> 1) * s.Channels, s.Channels, s.Channels, weights, (2 + (j & 1)) * s.HalfTaps, s.HalfTaps,
                    y, (row * s.LargeWidth + side) * s.Channels, 2 * s.Channels, s.LargeWidth / 2, s.Channels, accumulate);
            }
        }
    }

    private static void FillEnds(ArrayView<float> scratch, int line, int border, int size)
    {
        if (border > 0)
        {
            Rows.Fill(scratch, line, border, 0f);
            Rows.Fill(scratch, line + border + size, border, 0f);
        }
    }
}
