using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>Work along the channels of rows: sums over the pixels of an image, and joining or parting two tensors.</summary>
public static class ChannelKernels
{
    private const int PiecePixels = 64;

    /// <summary>Tasks of <see cref="Copy"/>.</summary>
    /// <param name="pixels">Pixels of all images.</param>
    /// <returns>A task for every 64 pixels.</returns>
    public static int CopyTasks(int pixels) => (pixels + PiecePixels - 1) / PiecePixels;

    /// <summary>Sums each channel over the pixels of each image: <c>y[n, c] = sum of x[n, p, c]</c>, added to y if asked for.</summary>
    /// <param name="x">Input, <c>[N, pixels, C]</c>.</param>
    /// <param name="y">Result, <c>[N, C]</c>.</param>
    /// <param name="scratch">16 floats a work item.</param>
    /// <param name="batch">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Sum(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> scratch, int batch, int pixels, int channels, int accumulate)
    {
        var blocks = (channels + Channels.BlockWidth - 1) / Channels.BlockWidth;
        var tasks = batch * blocks;
        var sums = WorkItem.Index() * Channels.BlockWidth;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var channel = task % blocks * Channels.BlockWidth;
            var count = channels - channel < Channels.BlockWidth ? channels - channel : Channels.BlockWidth;
            Channels.Sum(x, image * pixels * channels + channel, pixels, channels, count, scratch, sums);
            for (var i = 0; i < count; i++)
            {
                var o = image * channels + channel + i;
                y[o] = accumulate != 0 ? y[o] + scratch[sums + i] : scratch[sums + i];
            }
        }
    }

    /// <summary>Copies <c>channels</c> channels of each pixel from one tensor to another, added if asked for.</summary>
    /// <param name="x">Where to read.</param>
    /// <param name="y">Where to write.</param>
    /// <param name="pixels">Pixels of all images.</param>
    /// <param name="channels">Channels to copy.</param>
    /// <param name="xStride">Channels of a pixel of x.</param>
    /// <param name="xOffset">First channel read.</param>
    /// <param name="yStride">Channels of a pixel of y.</param>
    /// <param name="yOffset">First channel written.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Copy(
        ArrayView<float> x, ArrayView<float> y, int pixels, int channels, int xStride, int xOffset, int yStride, int yOffset,
        int accumulate)
    {
        var tasks = (pixels + PiecePixels - 1) / PiecePixels;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var pixel = task * PiecePixels;
            var count = pixels - pixel < PiecePixels ? pixels - pixel : PiecePixels;
            Rows.StoreTile(
                x, pixel * xStride + xOffset, xStride, count, channels, y, pixel * yStride + yOffset, yStride,
                x, -1, x, -1, 1f, 1f, accumulate);
        }
    }
}
