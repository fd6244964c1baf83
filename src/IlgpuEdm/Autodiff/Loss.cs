using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Loss;

namespace IlgpuEdm.Autodiff;

/// <summary>The weighted squared error that denoisers are trained with.</summary>
public static class Loss
{
    /// <summary>
    /// <c>weight[n] * sum of (denoised - target)^2</c> of each image, and at once the gradient of <c>factor</c> times the sum of all.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="denoised">The denoiser's output, <c>[N, ...]</c>.</param>
    /// <param name="target">Clean images, of the same shape.</param>
    /// <param name="weights">One weight an image.</param>
    /// <param name="factor">1 / batch in training.</param>
    /// <returns>The loss of each image, <c>[N]</c>, and the gradient of the denoiser's output.</returns>
    public static (Tensor Loss, Tensor Gradient) WeightedSquaredError(
        this Tape tape, Tensor denoised, Tensor target, ReadOnlySpan<float> weights, float factor)
    {
        Shapes.Require(Shapes.Same(target, denoised), [denoised, target]);
        var batch = denoised.Size(0);
        var loss = tape.New(batch);
        var gradient = tape.New([.. denoised.Shape]);
        var w = tape.From(weights, batch);
        tape.Device.Launch(
            LossKernels.SquaredError, tape.Device.WorkItems(batch), new KernelWork(0, 12.0 * denoised.Length),
            denoised.View, target.View, w.View, loss.View, gradient.View, batch, denoised.Length / batch, factor);
        w.Release();
        return (loss, gradient);
    }
}
