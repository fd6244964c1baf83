using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// What an adaptive group norm, <c>y = silu(u * (1 + scale) + shift)</c> with a plain norm u and a scale and a shift of each image and
/// channel, does beside the plain one: forward both fold into the table of affine maps; backward their gradients follow from the sums
/// that the input's gradient needs anyway. The passes over the pixels are those of the plain norm.
/// </summary>
public static class AdaptiveScale
{
    /// <summary>Folds scales and shifts into rows a and b of the table.</summary>
    /// <param name="scaleShift">Scales, then shifts, <c>[N, 2C]</c>.</param>
    /// <param name="coefficients">The table, <c>[N, 6, C]</c>.</param>
    /// <param name="s">The norm.</param>
    public static void Fold(ArrayView<float> scaleShift, ArrayView<float> coefficients, GroupNormShape s)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), s.Batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), s.Batch); image < last; image++)
        {
            for (var i = 0; i < s.Channels; i++)
            {
                Fold(scaleShift, coefficients, s.Channels, image, i);
            }
        }
    }

    /// <summary>As <see cref="Fold(ArrayView{float}, ArrayView{float}, GroupNormShape)"/>; a task is a channel of an image.</summary>
    /// <inheritdoc cref="Fold(ArrayView{float}, ArrayView{float}, GroupNormShape)"/>
    [Cooperative]
    public static void FoldCooperative(ArrayView<float> scaleShift, ArrayView<float> coefficients, GroupNormShape s)
    {
        for (var task = WorkItem.Index(); task < s.Batch * s.Channels; task += WorkItem.Count())
        {
            Fold(scaleShift, coefficients, s.Channels, task / s.Channels, task % s.Channels);
        }
    }

    private static void Fold(ArrayView<float> scaleShift, ArrayView<float> coefficients, int channels, int image, int channel)
    {
        var scale = image * 2 * channels + channel;
        var a = image * GroupNormForward.CoefficientRows * channels + channel;
        var b = a + channels;
        var factor = 1f + scaleShift[scale];
        coefficients[a] *= factor;
        coefficients[b] = coefficients[b] * factor + scaleShift[scale + channels];
    }

    /// <summary>
    /// Gradients of scales and shifts; and turns the sums over the gradient of <c>z = u * (1 + scale) + shift</c> into sums over the
    /// gradient of u, from which the plain norm's <see cref="GroupNormBackward.Combine"/> goes on.
    /// </summary>
    /// <param name="sums">What <see cref="GroupNormBackward.Reduce"/> made, <c>[N, 2, C]</c>; multiplied by <c>1 + scale</c>.</param>
    /// <param name="gamma">Scale of the plain norm, <c>[C]</c>.</param>
    /// <param name="beta">Shift of the plain norm, <c>[C]</c>.</param>
    /// <param name="coefficients">The table of the forward pass.</param>
    /// <param name="scaleShift">Scales, then shifts, <c>[N, 2C]</c>.</param>
    /// <param name="gradient">Their gradient, laid out as they.</param>
    /// <param name="s">The norm.</param>
    /// <param name="accumulate">Not 0 to add to the gradient.</param>
    public static void Unfold(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients, ArrayView<float> scaleShift,
        ArrayView<float> gradient, GroupNormShape s, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), s.Batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), s.Batch); image < last; image++)
        {
            for (var i = 0; i < s.Channels; i++)
            {
                Unfold(sums, gamma, beta, coefficients, scaleShift, gradient, s.Channels, image, i, accumulate);
            }
        }
    }

    /// <summary>As <see cref="Unfold(ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float},
    /// ArrayView{float}, GroupNormShape, int)"/>; a task is a channel of an image.</summary>
    /// <inheritdoc cref="Unfold(ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float},
    /// ArrayView{float}, GroupNormShape, int)"/>
    [Cooperative]
    public static void UnfoldCooperative(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients, ArrayView<float> scaleShift,
        ArrayView<float> gradient, GroupNormShape s, int accumulate)
    {
        for (var task = WorkItem.Index(); task < s.Batch * s.Channels; task += WorkItem.Count())
        {
            Unfold(
                sums, gamma, beta, coefficients, scaleShift, gradient, s.Channels, task / s.Channels, task % s.Channels, accumulate);
        }
    }

    private static void Unfold(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> beta, ArrayView<float> coefficients, ArrayView<float> scaleShift,
        ArrayView<float> gradient, int channels, int image, int channel, int accumulate)
    {
        var scale = image * 2 * channels + channel;
        var shift = scale + channels;
        var dShift = sums[scale];
        var dScale = gamma[channel] * (sums[shift] * coefficients[(image * GroupNormForward.CoefficientRows + 5) * channels + channel])
            + beta[channel] * dShift;
        gradient[scale] = accumulate != 0 ? gradient[scale] + dScale : dScale;
        gradient[shift] = accumulate != 0 ? gradient[shift] + dShift : dShift;
        var factor = 1f + scaleShift[scale];
        sums[scale] *= factor;
        sums[shift] *= factor;
    }
}
