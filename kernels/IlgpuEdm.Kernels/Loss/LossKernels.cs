using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Loss;

/// <summary>The weighted squared error of a denoiser and its gradient in one pass.</summary>
public static class LossKernels
{
    /// <summary><c>loss[n] = weight[n] * sum of (d - y)^2</c> and <c>dd = 2 * weight[n] * factor * (d - y)</c>.</summary>
    /// <param name="denoised">The denoiser's output d, <c>[N, imageSize]</c>.</param>
    /// <param name="target">The clean images y.</param>
    /// <param name="weights">One weight an image.</param>
    /// <param name="loss">Receives one sum an image.</param>
    /// <param name="gradient">Receives the gradient of <c>factor * sum of the losses</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <param name="factor">1 / batch in training.</param>
    public static void SquaredError(
        ArrayView<float> denoised, ArrayView<float> target, ArrayView<float> weights, ArrayView<float> loss, ArrayView<float> gradient,
        int batch, int imageSize, float factor)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            var weight = weights[image];
            var scale = 2f * weight * factor;
            var first = image * imageSize;
            var end = first + imageSize;
            var total = 0f;
            for (var run = first; run < end; run += 64)
            {
                var runEnd = run + 64 < end ? run + 64 : end;
                var part = 0f;
                for (var i = run; i < runEnd; i++)
                {
                    var d = denoised[i] - target[i];
                    part += d * d;
                    gradient[i] = scale * d;
                }

                total += part;
            }

            loss[image] = weight * total;
        }
    }
}
