using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// Group norm with SiLU, <c>y = silu(gamma * (x - mean) / sqrt(variance + epsilon) + beta)</c>, in three kernels: the moments of each
/// channel (two passes over data that stays in the cache), their combination for each group, and one pass that writes.
/// </summary>
public static partial class GroupNormForward
{
    /// <summary>
    /// Rows of the coefficient table of an image, <c>[a, b, mean, p, q, 1 / deviation][channel]</c>; p and q belong to the gradient.
    /// </summary>
    public const int CoefficientRows = 6;

    /// <summary>Moments of each channel of each image, in one part.</summary>
    /// <param name="x">A tensor, <c>[N, H, W, C]</c>.</param>
    /// <param name="moments">Receives <c>[N, 1, 2, C]</c>: mean, and sum of squared deviations.</param>
    /// <param name="batch">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="channels">Channels.</param>
    public static void Moments(ArrayView<float> x, ArrayView<float> moments, int batch, int pixels, int channels)
    {
        var blocks = (channels + Channels.BlockWidth - 1) / Channels.BlockWidth;
        var tasks = batch * blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var channel = task % blocks * Channels.BlockWidth;
            var count = channels - channel < Channels.BlockWidth ? channels - channel : Channels.BlockWidth;
            Channels.Moments(
                x, image * pixels * channels + channel, pixels, channels, count,
                moments, image * 2 * channels + channel, (image * 2 + 1) * channels + channel);
        }
    }

    /// <summary>Combines the channels of each group and writes the norm as an affine map of each channel.</summary>
    /// <param name="first">Moments of the first channels.</param>
    /// <param name="second">Moments of the others, if there are any.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="beta">Shift, <c>[C]</c>.</param>
    /// <param name="coefficients">Receives the table, <c>[N, 6, C]</c>.</param>
    /// <param name="s">The norm.</param>
    public static void Coefficients(
        ChannelMoments first, ChannelMoments second, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients,
        GroupNormShape s)
    {
        var tasks = s.Batch * s.Groups;
        var size = s.Channels / s.Groups;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Groups;
            var channel = task % s.Groups * size;
            var mean = 0f;
            for (var c = channel; c < channel + size; c++)
            {
                mean += c < s.FirstChannels
                    ? Mean(first, image, c, s.FirstChannels, s.Pixels)
                    : Mean(second, image, c - s.FirstChannels, s.Channels - s.FirstChannels, s.Pixels);
            }

            mean /= size;
            var sum = 0f;
            for (var c = channel; c < channel + size; c++)
            {
                sum += c < s.FirstChannels
                    ? Squares(first, image, c, s.FirstChannels, s.Pixels, mean)
                    : Squares(second, image, c - s.FirstChannels, s.Channels - s.FirstChannels, s.Pixels, mean);
            }

            var inverse = 1f / MathF.Sqrt(sum / (size * s.Pixels) + s.Epsilon);
            var table = image * CoefficientRows * s.Channels + channel;
            for (var i = 0; i < size; i++)
            {
                var a = inverse * gamma[channel + i];
                coefficients[table + i] = a;
                coefficients[table + s.Channels + i] = beta[channel + i] - mean * a;
                coefficients[table + 2 * s.Channels + i] = mean;
                coefficients[table + 5 * s.Channels + i] = inverse;
            }
        }
    }

    private static float Mean(ChannelMoments m, int image, int channel, int channels, int pixels)
    {
        var sum = 0f;
        for (var part = 0; part < m.Parts; part++)
        {
            var left = pixels - part * m.PartPixels;
            sum += m.Values[(image * m.Parts + part) * 2 * channels + channel] * (left < m.PartPixels ? left : m.PartPixels);
        }

        return sum / pixels;
    }

    // The squared deviations from another mean than the channel's.
    private static float Squares(ChannelMoments m, int image, int channel, int channels, int pixels, float mean)
    {
        var sum = 0f;
        for (var part = 0; part < m.Parts; part++)
        {
            var left = pixels - part * m.PartPixels;
            var o = (image * m.Parts + part) * 2 * channels + channel;
            var d = m.Values[o] - mean;
            sum += m.Values[o + channels] + (left < m.PartPixels ? left : m.PartPixels) * d * d;
        }

        return sum;
    }

    /// <summary>Applies the affine maps, and SiLU, to the channels of the input that lie in one of two tensors.</summary>
    /// <param name="x">Those channels, <c>[N, H, W, count]</c>.</param>
    /// <param name="coefficients">The table.</param>
    /// <param name="y">Output, <c>[N, H, W, C]</c>; of it these channels are written.</param>
    /// <param name="s">The norm.</param>
    /// <param name="channel">The first of the channels.</param>
    /// <param name="count">How many they are.</param>
    public static void Apply(
        ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> y, GroupNormShape s, int channel, int count)
    {
        var tasks = s.Batch * s.Pieces;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Pieces;
            var pixel = task % s.Pieces * s.PiecePixels;
            var pixels = s.Pixels - pixel < s.PiecePixels ? s.Pixels - pixel : s.PiecePixels;
            pixel += image * s.Pixels;
            var table = image * CoefficientRows * s.Channels + channel;
            Lines.Gather(
                x, pixel * count, 1, pixels, count, coefficients, table, table + s.Channels, s.Silu != 0 ? 2 : 1,
                y, pixel * s.Channels + channel, s.Channels, 0);
        }
    }
}
