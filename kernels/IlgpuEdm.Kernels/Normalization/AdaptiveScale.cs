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
            var scales = image * 2 * s.Channels;
            var a = image * GroupNormForward.CoefficientRows * s.Channels;
            var b = a + s.Channels;
            for (var i = 0; i < s.Channels; i++)
            {
                var factor = 1f + scaleShift[scales + i];
                coefficients[a + i] *= factor;
                coefficients[b + i] = coefficients[b + i] * factor + scaleShift[scales + s.Channels + i];
            }
        }
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
            var scale = image * 2 * s.Channels;
            var shift = scale + s.Channels;
            var inverse = (image * GroupNormForward.CoefficientRows + 5) * s.Channels;
            for (var i = 0; i < s.Channels; i++)
            {
                var dShift = sums[scale + i];
                var dScale = gamma[i] * (sums[shift + i] * coefficients[inverse + i]) + beta[i] * dShift;
                gradient[scale + i] = accumulate != 0 ? gradient[scale + i] + dScale : dScale;
                gradient[shift + i] = accumulate != 0 ? gradient[shift + i] + dShift : dShift;
                var factor = 1f + scaleShift[scale + i];
                sums[scale + i] *= factor;
                sums[shift + i] *= factor;
            }
        }
    }
}
