using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>Largest values and means over windows of pixels, forward only.</summary>
public static class PoolKernels
{
    /// <summary>Fat schedule: a task is a row of the output.</summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">The tensor of which channels are written, <c>[N, OutHeight, OutWidth, OutStride]</c>.</param>
    /// <param name="s">The pool.</param>
    public static void Fat(ArrayView<float> x, ArrayView<float> y, PoolShape s)
    {
        var tasks = s.Batch * s.OutHeight;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); row < last; row++)
        {
            var image = row / s.OutHeight;
            var lines = PoolSpan.Of(row - image * s.OutHeight, s.Height, s);
            for (var column = 0; column < s.OutWidth; column++)
            {
                var pixels = PoolSpan.Of(column, s.Width, s);
                PoolWindow.Reduce(
                    x, ((image * s.Height + lines.First) * s.Width + pixels.First) * s.Channels, lines.Count, s.Width * s.Channels,
                    pixels.Count, s.Channels, y, (row * s.OutWidth + column) * s.OutStride + s.OutFirst,
                    s.Maximum != 0 ? 0f : 1f / (lines.Count * pixels.Count));
            }
        }
    }

    /// <summary>Cooperative schedule: a thread has a few channels of a window, its neighbour the next.</summary>
    /// <typeparam name="TAccess">How many channels a thread takes at once; counts and places of channels are multiples of it.</typeparam>
    /// <param name="x">Images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">The tensor of which channels are written, <c>[N, OutHeight, OutWidth, OutStride]</c>.</param>
    /// <param name="s">The pool.</param>
    [Cooperative]
    public static void Cooperative<TAccess>(ArrayView<float> x, ArrayView<float> y, PoolShape s)
        where TAccess : struct, IAccess
    {
        var count = s.Batch * s.OutHeight * s.OutWidth * s.Channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var pixel = (int)((uint)i / (uint)s.Channels);
            var channel = i - pixel * s.Channels;
            var row = (int)((uint)pixel / (uint)s.OutWidth);
            var image = (int)((uint)row / (uint)s.OutHeight);
            var lines = PoolSpan.Of(row - image * s.OutHeight, s.Height, s);
            var pixels = PoolSpan.Of(pixel - row * s.OutWidth, s.Width, s);
            var from = ((image * s.Height + lines.First) * s.Width + pixels.First) * s.Channels + channel;
            var result = TAccess.Load<Float32>(x, from);
            for (var line = 0; line < lines.Count; line++)
            {
                for (var k = line == 0 ? 1 : 0; k < pixels.Count; k++)
                {
                    var value = TAccess.Load<Float32>(x, from + (line * s.Width + k) * s.Channels);
                    result = s.Maximum != 0 ? Four.Max(value, result) : Four.Add(result, value);
                }
            }

            var factor = s.Maximum != 0 ? 1f : 1f / (lines.Count * pixels.Count);
            TAccess.Store<Float32>(y, pixel * s.OutStride + s.OutFirst + channel, Four.Scale(factor, result));
        }
    }
}
