using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// Resampling by two with the [1, 1] filter: up repeats each pixel four times, down takes the mean of 2x2. Each is, but for a factor, the
/// other's gradient.
/// </summary>
public static class ResampleKernels
{
    /// <summary><c>y[2i + a, 2j + b] = factor * x[i, j]</c>, added to y if asked for. A task is a row of x.</summary>
    /// <param name="x">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">Large images, <c>[N, 2H, 2W, C]</c>.</param>
    /// <param name="rows">Rows of all small images.</param>
    /// <param name="width">Pixels of a small row.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="factor">1 to upsample, 1/4 for the gradient of downsampling.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Spread(ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), rows);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), rows); row < last; row++)
        {
            var from = row * width * channels;
            for (var corner = 0; corner < 4; corner++)
            {
                var to = ((2 * row + (corner >> 1)) * 2 * width + (corner & 1)) * channels;
                Rows.StoreTile(x, from, channels, width, channels, y, to, 2 * channels, x, -1, x, -1, factor, 1f, accumulate);
            }
        }
    }

    /// <summary><c>y[i, j] = factor * sum of x[2i + a, 2j + b]</c>, added to y if asked for. A task is a row of y.</summary>
    /// <param name="x">Large images, <c>[N, 2H, 2W, C]</c>.</param>
    /// <param name="y">Small images, <c>[N, H, W, C]</c>.</param>
    /// <param name="rows">Rows of all small images.</param>
    /// <param name="width">Pixels of a small row.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="factor">1/4 to downsample, 1 for the gradient of upsampling.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Gather(ArrayView<float> x, ArrayView<float> y, int rows, int width, int channels, float factor, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), rows);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), rows); row < last; row++)
        {
            var to = row * width * channels;
            for (var corner = 0; corner < 4; corner++)
            {
                var from = ((2 * row + (corner >> 1)) * 2 * width + (corner & 1)) * channels;
                Rows.StoreTile(
                    x, from, 2 * channels, width, channels, y, to, channels, x, -1, x, -1, factor, 1f, corner == 0 ? accumulate : 1);
            }
        }
    }
}
