using ILGPU;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <content>
/// The cooperative schedule: one pass that reads input and gradient for the sums, one that reads them again and writes; SiLU's slope is
/// computed in both, which costs less than to write and read it.
/// </content>
public static partial class GroupNormBackward
{
    /// <summary>Channels whose parameters a group of threads serves.</summary>
    public const int ChannelsOfThreads = 32;

    private const int ImagesAtOnce = CooperativeAttribute.GroupSize / ChannelsOfThreads;

    /// <summary>Sums over each part of an image, for the channels that lie in one of two tensors.</summary>
    /// <typeparam name="TStorage">How x and dy lie.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="x">Those channels of the input, <c>[N, H, W, count]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, C]</c>.</param>
    /// <param name="coefficients">The table of the forward pass.</param>
    /// <param name="sums">Receives <c>[N, part, 2, count]</c>: the sums of dz and of dz (x - mean).</param>
    /// <param name="s">The pass.</param>
    [Cooperative]
    public static void ReduceCooperative<TStorage, TAccess>(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> coefficients, ArrayView<float> sums, NormPass s)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var shared1 = SharedMemory.Allocate<Float4>(CooperativeAttribute.GroupSize);
        var shared2 = SharedMemory.Allocate<Float4>(CooperativeAttribute.GroupSize);
        var at = PixelRun.Here<TAccess>(s.Tiles);
        var sum1 = new Float4(0f, 0f, 0f, 0f);
        var sum2 = new Float4(0f, 0f, 0f, 0f);
        if (at.Start < at.End)
        {
            var table = at.Image * GroupNormForward.CoefficientRows * s.Channels + s.First + at.Channel;
            var a = TAccess.Load<Float32>(coefficients, table);
            var b = TAccess.Load<Float32>(coefficients, table + s.Channels);
            var mean = TAccess.Load<Float32>(coefficients, table + 2 * s.Channels);
            var start = at.Image * s.Tiles.Pixels + at.Start;
            var from = start * s.Tiles.Channels + at.Channel;
            var gradient = start * s.Channels + s.First + at.Channel;
            for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
            {
                var v = TAccess.Load<TStorage>(x, from);
                var dz = TAccess.Load<TStorage>(dy, gradient);
                if (s.Silu != 0)
                {
                    dz = Four.Multiply(dz, Four.SiluSlope(Four.MultiplyAdd(a, v, b)));
                }

                sum1 = Four.Add(sum1, dz);
                sum2 = Four.MultiplyAdd(dz, Four.Subtract(v, mean), sum2);
                from += at.Step * s.Tiles.Channels;
                gradient += at.Step * s.Channels;
            }
        }

        // As GroupSums.OverRows, for two sums with the barriers of one.
        var thread = Group.IdxX;
        shared1[thread] = sum1;
        shared2[thread] = sum2;
        Group.Barrier();
        for (var half = CooperativeAttribute.GroupSize / 2; half >= 1 << s.Tiles.LaneBits; half >>= 1)
        {
            if (thread < half)
            {
                sum1 = Four.Add(sum1, shared1[thread + half]);
                sum2 = Four.Add(sum2, shared2[thread + half]);
                shared1[thread] = sum1;
                shared2[thread] = sum2;
            }

            Group.Barrier();
        }

        if (at.Row == 0 && at.Channel < s.Tiles.Channels)
        {
            var to = (at.Image * s.Tiles.Parts + at.Part) * 2 * s.Tiles.Channels + at.Channel;
            TAccess.Store<Float32>(sums, to, sum1);
            TAccess.Store<Float32>(sums, to + s.Tiles.Channels, sum2);
        }
    }

    /// <summary>Adds the parts, and brings the channels of a tensor to their place among all; a task is a sum.</summary>
    /// <param name="parts">The sums of each part, <c>[N, part, 2, count]</c>.</param>
    /// <param name="sums">Receives these channels of <c>[N, 2, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="partCount">Parts of an image.</param>
    /// <param name="first">The tensor's first channel among all.</param>
    /// <param name="count">Its channels.</param>
    /// <param name="channels">All channels.</param>
    [Cooperative]
    public static void AddPartsCooperative(
        ArrayView<float> parts, ArrayView<float> sums, int batch, int partCount, int first, int count, int channels)
    {
        for (var task = WorkItem.Index(); task < batch * 2 * count; task += WorkItem.Count())
        {
            var row = task / count;
            var image = row >> 1;
            var channel = task - row * count;
            var from = (image * partCount * 2 + (row & 1)) * count + channel;
            var sum = 0f;
            for (var part = 0; part < partCount; part++)
            {
                sum += parts[from];
                from += 2 * count;
            }

            sums[row * channels + first + channel] = sum;
        }
    }

    /// <summary>Writes p and q of each group into the table; a task is a group of channels of an image.</summary>
    /// <param name="sums">The sums, <c>[N, 2, C]</c>.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="coefficients">The table; rows p and q are written.</param>
    /// <param name="s">The norm.</param>
    [Cooperative]
    public static void CombineCooperative(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> coefficients, GroupNormShape s)
    {
        for (var task = WorkItem.Index(); task < s.Batch * s.Groups; task += WorkItem.Count())
        {
            Means(sums, gamma, coefficients, task / s.Groups, task % s.Groups, s);
        }
    }

    /// <summary>Adds to the gradients of gamma and beta: 32 channels a group of threads, eight images at once.</summary>
    /// <param name="sums">The sums, <c>[N, 2, C]</c>.</param>
    /// <param name="coefficients">The table.</param>
    /// <param name="dGamma">Gradient of the scale, added to.</param>
    /// <param name="dBeta">Gradient of the shift, added to.</param>
    /// <param name="batch">Images.</param>
    /// <param name="channels">Channels.</param>
    [Cooperative]
    public static void ParametersCooperative(
        ArrayView<float> sums, ArrayView<float> coefficients, ArrayView<float> dGamma, ArrayView<float> dBeta, int batch, int channels)
    {
        var scales = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var shifts = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var thread = Group.IdxX;
        var channel = Grid.IdxX * ChannelsOfThreads + (thread & (ChannelsOfThreads - 1));
        var scale = 0f;
        var shift = 0f;
        if (channel < channels)
        {
            for (var image = thread / ChannelsOfThreads; image < batch; image += ImagesAtOnce)
            {
                var o = image * 2 * channels + channel;
                shift += sums[o];
                scale += sums[o + channels] * coefficients[(image * GroupNormForward.CoefficientRows + 5) * channels + channel];
            }
        }

        scales[thread] = scale;
        shifts[thread] = shift;
        Group.Barrier();
        for (var half = CooperativeAttribute.GroupSize / 2; half >= ChannelsOfThreads; half >>= 1)
        {
            if (thread < half)
            {
                scales[thread] += scales[thread + half];
                shifts[thread] += shifts[thread + half];
            }

            Group.Barrier();
        }

        if (thread < ChannelsOfThreads && channel < channels)
        {
            dGamma[channel] += scales[thread];
            dBeta[channel] += shifts[thread];
        }
    }

    /// <summary>Writes the gradient of the channels of the input that lie in one of two tensors.</summary>
    /// <typeparam name="TStorage">How x, dy and dx lie.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="x">Those channels of the input, <c>[N, H, W, count]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, C]</c>.</param>
    /// <param name="coefficients">The table, complete.</param>
    /// <param name="dx">Receives the gradient, laid out as x.</param>
    /// <param name="s">The pass.</param>
    /// <param name="accumulate">Not 0 to add to the gradient.</param>
    [Cooperative]
    public static void ApplyCooperative<TStorage, TAccess>(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> coefficients, ArrayView<float> dx, NormPass s, int accumulate)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var at = PixelRun.Here<TAccess>(s.Tiles);
        if (at.Start >= at.End)
        {
            return;
        }

        var table = at.Image * GroupNormForward.CoefficientRows * s.Channels + s.First + at.Channel;
        var a = TAccess.Load<Float32>(coefficients, table);
        var b = TAccess.Load<Float32>(coefficients, table + s.Channels);
        var mean = TAccess.Load<Float32>(coefficients, table + 2 * s.Channels);
        var p = TAccess.Load<Float32>(coefficients, table + 3 * s.Channels);
        var q = TAccess.Load<Float32>(coefficients, table + 4 * s.Channels);
        var start = at.Image * s.Tiles.Pixels + at.Start;
        var from = start * s.Tiles.Channels + at.Channel;
        var gradient = start * s.Channels + s.First + at.Channel;
        for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
        {
            var v = TAccess.Load<TStorage>(x, from);
            var dz = TAccess.Load<TStorage>(dy, gradient);
            if (s.Silu != 0)
            {
                dz = Four.Multiply(dz, Four.SiluSlope(Four.MultiplyAdd(a, v, b)));
            }

            var d = Four.MultiplyAdd(a, dz, Four.MultiplyAdd(Four.Subtract(v, mean), p, q));
            TAccess.Store<TStorage>(dx, from, accumulate != 0 ? Four.Add(d, TAccess.Load<TStorage>(dx, from)) : d);
            from += at.Step * s.Tiles.Channels;
            gradient += at.Step * s.Channels;
        }
    }
}
