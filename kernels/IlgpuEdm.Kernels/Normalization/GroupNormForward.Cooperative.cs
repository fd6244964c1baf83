using ILGPU;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <content>
/// The cooperative schedule: one pass that reads the input for its moments, their combination by 32 threads a group of channels, one pass
/// that reads the input and writes.
/// </content>
public static partial class GroupNormForward
{
    /// <summary>Groups of channels that a group of threads combines.</summary>
    public const int NormsOfThreads = CooperativeAttribute.GroupSize / ThreadsOfNorm;

    private const int ThreadsOfNorm = 32;

    /// <summary>
    /// Moments of each channel of each part of an image: each thread follows its pixels with a running mean, then two and two rows of
    /// threads are combined.
    /// </summary>
    /// <typeparam name="TStorage">How x lies.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="x">A tensor, <c>[N, H, W, C]</c>.</param>
    /// <param name="moments">Receives <c>[N, part, 2, C]</c>: mean, and sum of squared deviations.</param>
    /// <param name="t">How groups divide x.</param>
    [Cooperative]
    public static void MomentsCooperative<TStorage, TAccess>(ArrayView<float> x, ArrayView<float> moments, PixelTiles t)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var means = SharedMemory.Allocate<Float4>(CooperativeAttribute.GroupSize);
        var squares = SharedMemory.Allocate<Float4>(CooperativeAttribute.GroupSize);
        var at = PixelRun.Here<TAccess>(t);
        var mean = new Float4(0f, 0f, 0f, 0f);
        var square = new Float4(0f, 0f, 0f, 0f);
        var seen = 0f;
        var index = (at.Image * t.Pixels + at.Start) * t.Channels + at.Channel;
        for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
        {
            var v = TAccess.Load<TStorage>(x, index);
            index += at.Step * t.Channels;
            seen += 1f;
            var deviation = Four.Subtract(v, mean);
            mean = Float4.MultiplyAdd(1f / seen, deviation, mean);
            square = Four.MultiplyAdd(deviation, Four.Subtract(v, mean), square);
        }

        var thread = Group.IdxX;
        means[thread] = mean;
        squares[thread] = square;
        Group.Barrier();
        for (var rows = at.Step >> 1; rows > 0; rows >>= 1)
        {
            if (at.Row < rows)
            {
                // How many pixels this row and its partner stand for by now.
                var own = (at.PartPixels - at.Row + 2 * rows - 1) / (2 * rows);
                var others = (at.PartPixels - at.Row + rows - 1) / (2 * rows);
                if (at.Row < at.PartPixels && others > 0)
                {
                    var share = others / (float)(own + others);
                    var distance = Four.Subtract(means[thread + (rows << t.LaneBits)], mean);
                    mean = Float4.MultiplyAdd(share, distance, mean);
                    square = Four.MultiplyAdd(
                        Four.Scale(share * own, distance), distance, Four.Add(square, squares[thread + (rows << t.LaneBits)]));
                    means[thread] = mean;
                    squares[thread] = square;
                }
            }

            Group.Barrier();
        }

        if (at.Row == 0 && at.Channel < t.Channels)
        {
            var to = (at.Image * t.Parts + at.Part) * 2 * t.Channels + at.Channel;
            TAccess.Store<Float32>(moments, to, mean);
            TAccess.Store<Float32>(moments, to + t.Channels, square);
        }
    }

    /// <summary>As <see cref="Coefficients"/>; the parts and channels of a group of channels are divided among 32 threads.</summary>
    /// <inheritdoc cref="Coefficients"/>
    [Cooperative]
    public static void CoefficientsCooperative(
        ChannelMoments first, ChannelMoments second, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients,
        GroupNormShape s)
    {
        var sums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var squareSums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var place = Group.IdxX & (ThreadsOfNorm - 1);
        var task = Grid.IdxX * NormsOfThreads + Group.IdxX / ThreadsOfNorm;
        var size = task < s.Batch * s.Groups ? s.Channels / s.Groups : 0;
        var image = task / s.Groups;
        var channel = task % s.Groups * size;
        var inFirst = s.FirstChannels - channel < size ? s.FirstChannels - channel : size;
        inFirst = inFirst > 0 ? inFirst : 0;
        var channelInSecond = channel + inFirst - s.FirstChannels;
        var count = (float)s.Pixels * (s.Channels / s.Groups);

        var sum = SumOfMeans(first, image, channel, inFirst, s.FirstChannels, s.Pixels, place)
            + SumOfMeans(second, image, channelInSecond, size - inFirst, s.Channels - s.FirstChannels, s.Pixels, place);
        var mean = GroupSums.OverRuns(sums, sum, ThreadsOfNorm) / count;
        sum = SumOfSquares(first, image, channel, inFirst, s.FirstChannels, s.Pixels, mean, place)
            + SumOfSquares(second, image, channelInSecond, size - inFirst, s.Channels - s.FirstChannels, s.Pixels, mean, place);
        var variance = GroupSums.OverRuns(squareSums, sum, ThreadsOfNorm) / count;
        var inverse = 1f / MathF.Sqrt(variance + s.Epsilon);
        var table = image * CoefficientRows * s.Channels + channel;
        for (var i = place; i < size; i += ThreadsOfNorm)
        {
            var a = inverse * gamma[channel + i];
            coefficients[table + i] = a;
            coefficients[table + s.Channels + i] = beta[channel + i] - mean * a;
            coefficients[table + 2 * s.Channels + i] = mean;
            coefficients[table + 5 * s.Channels + i] = inverse;
        }
    }

    private static float SumOfMeans(ChannelMoments m, int image, int channel, int count, int channels, int pixels, int place)
    {
        var sum = 0f;
        for (var i = place; i < count * m.Parts; i += ThreadsOfNorm)
        {
            var part = i / count;
            var left = pixels - part * m.PartPixels;
            var o = (image * m.Parts + part) * 2 * channels + channel + i - part * count;
            sum += m.Values[o] * (left < m.PartPixels ? left : m.PartPixels);
        }

        return sum;
    }

    private static float SumOfSquares(
        ChannelMoments m, int image, int channel, int count, int channels, int pixels, float mean, int place)
    {
        var sum = 0f;
        for (var i = place; i < count * m.Parts; i += ThreadsOfNorm)
        {
            var part = i / count;
            var left = pixels - part * m.PartPixels;
            var o = (image * m.Parts + part) * 2 * channels + channel + i - part * count;
            var d = m.Values[o] - mean;
            sum += m.Values[o + channels] + (left < m.PartPixels ? left : m.PartPixels) * d * d;
        }

        return sum;
    }

    /// <summary>Applies the affine maps, and SiLU, to the channels of the input that lie in one of two tensors.</summary>
    /// <typeparam name="TStorage">How x and y lie.</typeparam>
    /// <typeparam name="TAccess">How many channels a thread takes at once.</typeparam>
    /// <param name="x">Those channels, <c>[N, H, W, count]</c>.</param>
    /// <param name="coefficients">The table.</param>
    /// <param name="y">Output, <c>[N, H, W, C]</c>; of it these channels are written.</param>
    /// <param name="s">The pass.</param>
    [Cooperative]
    public static void ApplyCooperative<TStorage, TAccess>(
        ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> y, NormPass s)
        where TStorage : struct, IStorage
        where TAccess : struct, IAccess
    {
        var at = PixelRun.Here<TAccess>(s.Tiles);
        if (at.Start >= at.End)
        {
            return;
        }

        var table = at.Image * CoefficientRows * s.Channels + s.First + at.Channel;
        var a = TAccess.Load<Float32>(coefficients, table);
        var b = TAccess.Load<Float32>(coefficients, table + s.Channels);
        var start = at.Image * s.Tiles.Pixels + at.Start;
        var from = start * s.Tiles.Channels + at.Channel;
        var to = start * s.Channels + s.First + at.Channel;
        for (var pixel = at.Start; pixel < at.End; pixel += at.Step)
        {
            var z = Four.MultiplyAdd(a, TAccess.Load<TStorage>(x, from), b);
            TAccess.Store<TStorage>(y, to, s.Silu != 0 ? Four.Silu(z) : z);
            from += at.Step * s.Tiles.Channels;
            to += at.Step * s.Channels;
        }
    }
}
