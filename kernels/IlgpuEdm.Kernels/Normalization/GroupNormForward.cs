using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// Group norm with SiLU, <c>y = silu(gamma * (x - mean) / sqrt(variance + epsilon) + beta)</c>, in three kernels: the moments of each
/// channel (two passes over data that stays in the cache), their combination for each group, and one pass that writes.
/// </summary>
public static class GroupNormForward
{
    /// <summary>
    /// Rows of the coefficient table of an image, <c>[a, b, mean, p, q, 1 / deviation][channel]</c>; p and q belong to the gradient.
    /// </summary>
    public const int CoefficientRows = 6;

    /// <summary>Moments of each channel of each image.</summary>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="moments">Receives <c>[N, 2, C]</c>: mean, and sum of squared deviations.</param>
    /// <param name="s">The norm.</param>
    public static void Moments(ArrayView<float> x, ArrayView<float> moments, GroupNormShape s)
    {
        var tasks = s.Batch * s.Blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Blocks;
            var channel = task % s.Blocks * Channels.BlockWidth;
            var count = s.Channels - channel < Channels.BlockWidth ? s.Channels - channel : Channels.BlockWidth;
            Channels.Moments(
                x, image * s.Pixels * s.Channels + channel, s.Pixels, s.Channels, count,
                moments, image * 2 * s.Channels + channel, (image * 2 + 1) * s.Channels + channel);
        }
    }

    /// <summary>Combines the channels of each group and writes the norm as an affine map of each channel.</summary>
    /// <param name="moments">What <see cref="Moments"/> made.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="beta">Shift, <c>[C]</c>.</param>
    /// <param name="coefficients">Receives the table, <c>[N, 6, C]</c>.</param>
    /// <param name="s">The norm.</param>
    public static void Coefficients(
        ArrayView<float> moments, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients, GroupNormShape s)
    {
        var tasks = s.Batch * s.Groups;
        var size = s.Channels / s.Groups;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Groups;
            var first = task % s.Groups * size;
            var means = image * 2 * s.Channels + first;
            var squares = means + s.Channels;
            var mean = 0f;
            for (var i = 0; i < size; i++)
            {
                mean += moments[means + i];
            }

            mean /= size;
            var sum = 0f;
            for (var i = 0; i < size; i++)
            {
                var d = moments[means + i] - mean;
                sum += moments[squares + i] + s.Pixels * d * d;
            }

            var inverse = 1f / MathF.Sqrt(sum / (size * s.Pixels) + s.Epsilon);
            var table = image * CoefficientRows * s.Channels + first;
            for (var i = 0; i < size; i++)
            {
                var a = inverse * gamma[first + i];
                coefficients[table + i] = a;
                coefficients[table + s.Channels + i] = beta[first + i] - mean * a;
                coefficients[table + 2 * s.Channels + i] = mean;
                coefficients[table + 5 * s.Channels + i] = inverse;
            }
        }
    }

    /// <summary>Applies the affine maps, and SiLU.</summary>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="coefficients">The table.</param>
    /// <param name="y">Output, as the input.</param>
    /// <param name="s">The norm.</param>
    public static void Apply(ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> y, GroupNormShape s)
    {
        var tasks = s.Batch * s.Pieces;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Pieces;
            var pixel = task % s.Pieces * s.PiecePixels;
            var pixels = s.Pixels - pixel < s.PiecePixels ? s.Pixels - pixel : s.PiecePixels;
            var table = image * CoefficientRows * s.Channels;
            Channels.Affine(
                x, y, (image * s.Pixels + pixel) * s.Channels, pixels, s.Channels, coefficients, table, table + s.Channels, s.Silu);
        }
    }
}
