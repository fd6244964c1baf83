using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Loss;
using IlgpuEdm.Kernels.Primitives;

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
        var gradient = tape.NewLike(denoised);
        var w = tape.From(weights, batch);
        Launch(denoised, target, w, loss, gradient, denoised.Length / batch, factor);
        w.Release();
        return (loss, gradient);
    }
    private static void Launch(Tensor denoised, Tensor target, Tensor weights, Tensor loss, Tensor gradient, int imageSize, float factor)
    {
        var (device, batch) = (denoised.Device, loss.Length);
        var work = new KernelWork(0, 12.0 * denoised.Length);

        // As floats on both schedules: images have few channels, so that the copies of narrower ones cost little.
        using var d = denoised.Read();
        using var y = target.Read();
        using var g = gradient.Write();
        if (!device.IsCooperative)
        {
            device.Launch(
                LossKernels.SquaredError, device.WorkItems(batch), work,
                d.View, y.View, weights.View, loss.View, g.View, batch, imageSize, factor);
            return;
        }

        var count = (imageSize + LossKernels.Part - 1) / LossKernels.Part;
        using var parts = device.Pool.RentScratch((long)batch * count);
        device.Launch(
            imageSize % 4 == 0 ? LossKernels.SquaredErrorCooperative<ByFour> : LossKernels.SquaredErrorCooperative<ByOne>,
            LaunchSize.OfGroups(batch * count), work, d.View, y.View, weights.View, parts.View, g.View, count, imageSize, factor);
        device.Launch(ChannelSums.AddParts, Device.Groups(batch), default, parts.View, loss.View, batch, count, 1, 1f, 0);
    }
}
