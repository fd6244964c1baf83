using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>The mean of each channel over an image's pixels, and its gradient.</summary>
public static class PixelMeanKernels
{
    /// <summary><c>y[n, c] = mean of x[n, p, c] over p</c>. A task is 16 channels of an image.</summary>
    /// <param name="x">Input, <c>[N, pixels, C]</c>.</param>
    /// <param name="y">Result, <c>[N, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="channels">Channels.</param>
    public static void Forward(ArrayView<float> x, ArrayView<float> y, int batch, int pixels, int channels)
    {
        var blocks = (channels + Channels.BlockWidth - 1) / Channels.BlockWidth;
        var tasks = batch * blocks;
        var factor = 1f / pixels;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var channel = task % blocks * Channels.BlockWidth;
            var count = channels - channel < Channels.BlockWidth ? channels - channel : Channels.BlockWidth;
            var first = image * channels + channel;
            Channels.Sum(x, image * pixels * channels + channel, pixels, channels, count, y, first);
            for (var i = first; i < first + count; i++)
            {
                y[i] *= factor;
            }
        }
    }

    /// <summary><c>dx[n, p, c] = dy[n, c] / pixels</c>, added to dx if asked for. A task is an image.</summary>
    /// <param name="dy">Gradient of the means, <c>[N, C]</c>.</param>
    /// <param name="dx">Gradient of the input, <c>[N, pixels, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="accumulate">Not 0 to add to dx.</param>
    public static void Backward(ArrayView<float> dy, ArrayView<float> dx, int batch, int pixels, int channels, int accumulate)
    {
        var factor = 1f / pixels;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            // A tile whose rows lie 0 floats apart is one row again and again.
            Rows.StoreTile(
                dy, image * channels, 0, pixels, channels, dx, image * pixels * channels, channels,
                dy, -1, dy, -1, factor, 1f, accumulate);
        }
    }
    /// <summary>As <see cref="Backward"/>, with dx in any storage.</summary>
    /// <typeparam name="TStorage">How dx lies.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="dy">Gradient of the means, <c>[N, C]</c>.</param>
    /// <param name="dx">Gradient of the input, <c>[N, pixels, C]</c>.</param>
    /// <param name="t">How groups divide dx.</param>
    /// <param name="accumulate">Not 0 to add to dx.</param>
    [Cooperative]
    public static void BackwardCooperative<TStorage, TAccess>(ArrayView<float> dy, ArrayView<float> dx, PixelTiles t, int accumulate)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var at = PixelRun.Here<TAccess>(t);
        if (at.Start >= at.End)
        {
            return;
        }

        var d = Four.Scale(1f / t.Pixels, TAccess.Load<Float32>(dy, at.Image * t.Channels + at.Channel));
        var index = (at.Image * t.Pixels + at.Start) * t.Channels + at.Channel;
        for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
        {
            TAccess.Store<TStorage>(dx, index, accumulate != 0 ? Four.Add(d, TAccess.Load<TStorage>(dx, index)) : d);
            index += at.Step * t.Channels;
        }
    }
}
