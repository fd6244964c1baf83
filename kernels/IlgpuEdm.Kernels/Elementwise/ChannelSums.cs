using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>Sums of each channel over an image's pixels in the cooperative schedule: part by part, then the parts in order.</summary>
public static class ChannelSums
{
    /// <summary>Sums over each part of an image: <c>sums[n, part, c] = sum of x[n, p, c]</c> over the part's pixels p.</summary>
    /// <typeparam name="TStorage">How x lies.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="x">Input, <c>[N, pixels, C]</c>.</param>
    /// <param name="sums">Receives <c>[N, part, C]</c>.</param>
    /// <param name="t">How groups divide x.</param>
    [Cooperative]
    public static void Parts<TStorage, TAccess>(ArrayView<float> x, ArrayView<float> sums, PixelTiles t)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var shared = SharedMemory.Allocate<Float4>(CooperativeAttribute.GroupSize);
        var at = PixelRun.Here<TAccess>(t);
        var sum = new Float4(0f, 0f, 0f, 0f);
        var index = (at.Image * t.Pixels + at.Start) * t.Channels + at.Channel;
        for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
        {
            sum = Four.Add(sum, TAccess.Load<TStorage>(x, index));
            index += at.Step * t.Channels;
        }

        sum = GroupSums.OverRows(shared, sum, t.LaneBits);
        if (at.Row == 0 && at.Channel < t.Channels)
        {
            TAccess.Store<Float32>(sums, (at.Image * t.Parts + at.Part) * t.Channels + at.Channel, sum);
        }
    }

    /// <summary>
    /// Adds parts in order: <c>y[n, c] = factor * sum of parts[n, part, c]</c>, added to y if asked for. A task is a sum.
    /// </summary>
    /// <param name="parts">The parts, <c>[N, part, C]</c>.</param>
    /// <param name="y">Result, <c>[N, C]</c>.</param>
    /// <param name="batch">N.</param>
    /// <param name="partCount">Parts.</param>
    /// <param name="channels">C.</param>
    /// <param name="factor">Factor of the sums.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    [Cooperative]
    public static void AddParts(
        ArrayView<float> parts, ArrayView<float> y, int batch, int partCount, int channels, float factor, int accumulate)
    {
        for (var task = WorkItem.Index(); task < batch * channels; task += WorkItem.Count())
        {
            var image = task / channels;
            var from = image * partCount * channels + task - image * channels;
            var sum = 0f;
            for (var part = 0; part < partCount; part++)
            {
                sum += parts[from];
                from += channels;
            }

            y[task] = accumulate != 0 ? y[task] + sum * factor : sum * factor;
        }
    }
}
