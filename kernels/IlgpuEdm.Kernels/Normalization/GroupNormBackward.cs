using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// The gradients of group norm with SiLU. With <c>h = (x - mean) / deviation</c> and dz the gradient before SiLU:
/// <c>dx = (gamma dz - mean(gamma dz) - h mean(gamma dz h)) / deviation</c>, means over the group.
/// </summary>
public static partial class GroupNormBackward
{
    /// <summary>
    /// Turns the gradient of the output into dz, and sums each channel of each image, for the channels that lie in one of two tensors.
    /// </summary>
    /// <param name="x">Those channels of the input, <c>[N, H, W, count]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, C]</c>; these channels of it become dz.</param>
    /// <param name="coefficients">The table of the forward pass.</param>
    /// <param name="sums">Receives these channels of <c>[N, 2, C]</c>: the sums of dz and of dz (x - mean).</param>
    /// <param name="s">The norm.</param>
    /// <param name="first">The first of the channels.</param>
    /// <param name="count">How many they are.</param>
    public static void Reduce(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> coefficients, ArrayView<float> sums, GroupNormShape s, int first,
        int count)
    {
        var blocks = (count + Channels.BlockWidth - 1) / Channels.BlockWidth;
        var tasks = s.Batch * blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var channel = task % blocks * Channels.BlockWidth;
            var width = count - channel < Channels.BlockWidth ? count - channel : Channels.BlockWidth;
            NormGradient.Reduce(
                x, image * s.Pixels * count + channel, count, dy, image * s.Pixels * s.Channels + first + channel, s.Channels,
                s.Pixels, width, coefficients, image * GroupNormForward.CoefficientRows * s.Channels + first + channel, s.Channels, s.Silu,
                sums, image * 2 * s.Channels + first + channel);
        }
    }

    /// <summary>Adds the sums that a convolution gathered strip by strip.</summary>
    /// <param name="parts">The sums of each strip, <c>[N, strip, 2, C]</c>.</param>
    /// <param name="sums">Receives <c>[N, 2, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="strips">Strips of an image.</param>
    /// <param name="size">Sums of a strip, 2 C.</param>
    public static void AddParts(ArrayView<float> parts, ArrayView<float> sums, int batch, int strips, int size)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            Rows.Copy(parts, image * strips * size, sums, image * size, size);
            for (var strip = 1; strip < strips; strip++)
            {
                for (var i = 0; i < size; i++)
                {
                    sums[image * size + i] += parts[(image * strips + strip) * size + i];
                }
            }
        }
    }

    /// <summary>Writes p and q of each group into the table and adds to the gradients of gamma and beta.</summary>
    /// <param name="sums">What <see cref="Reduce"/> made.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="coefficients">The table; rows p and q are written.</param>
    /// <param name="dGamma">Gradient of the scale, added to.</param>
    /// <param name="dBeta">Gradient of the shift, added to.</param>
    /// <param name="s">The norm.</param>
    public static void Combine(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> coefficients, ArrayView<float> dGamma, ArrayView<float> dBeta,
        GroupNormShape s)
    {
        var groupTasks = s.Batch * s.Groups;
        var tasks = groupTasks + s.Channels;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            if (task < groupTasks)
            {
                Means(sums, gamma, coefficients, task / s.Groups, task % s.Groups, s);
            }
            else
            {
                var channel = task - groupTasks;
                var scale = 0f;
                var shift = 0f;
                for (var image = 0; image < s.Batch; image++)
                {
                    var o = image * 2 * s.Channels + channel;
                    shift += sums[o];
                    scale += sums[o + s.Channels] * coefficients[(image * GroupNormForward.CoefficientRows + 5) * s.Channels + channel];
                }

                dGamma[channel] += scale;
                dBeta[channel] += shift;
            }
        }
    }

    private static void Means(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> coefficients, int image, int group, GroupNormShape s)
    {
        var size = s.Channels / s.Groups;
        var first = group * size;
        var o = image * 2 * s.Channels + first;
        var m1 = 0f;
        var m2 = 0f;
        for (var i = 0; i < size; i++)
        {
            m1 += gamma[first + i] * sums[o + i];
            m2 += gamma[first + i] * sums[o + s.Channels + i];
        }

        var table = image * GroupNormForward.CoefficientRows * s.Channels + first;
        var inverse = coefficients[table + 5 * s.Channels];
        var count = (float)(size * s.Pixels);
        var p = -inverse * inverse * inverse * m2 / count;
        var q = -inverse * m1 / count;
        for (var i = 0; i < size; i++)
        {
            coefficients[table + 3 * s.Channels + i] = p;
            coefficients[table + 4 * s.Channels + i] = q;
        }
    }

    /// <summary>Writes the gradient of the input, or of the channels of it that lie in one of two tensors.</summary>
    /// <param name="x">Those channels of the input, <c>[N, H, W, count]</c>.</param>
    /// <param name="dz">Gradient before SiLU, <c>[N, H, W, C]</c>.</param>
    /// <param name="coefficients">The table, complete.</param>
    /// <param name="dx">Receives the gradient, laid out as x.</param>
    /// <param name="s">The norm.</param>
    /// <param name="channel">The first of the channels.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="accumulate">Not 0 to add to the gradient.</param>
    public static void Apply(
        ArrayView<float> x, ArrayView<float> dz, ArrayView<float> coefficients, ArrayView<float> dx, GroupNormShape s, int channel,
        int count, int accumulate)
    {
        var tasks = s.Batch * s.Pieces;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Pieces;
            var pixel = task % s.Pieces * s.PiecePixels;
            var pixels = s.Pixels - pixel < s.PiecePixels ? s.Pixels - pixel : s.PiecePixels;
            pixel += image * s.Pixels;
            NormGradient.Apply(
                x, dx, pixel * count, dz, pixel * s.Channels + channel, s.Channels, pixels, count,
                coefficients, image * GroupNormForward.CoefficientRows * s.Channels + channel, accumulate);
        }
    }
}
