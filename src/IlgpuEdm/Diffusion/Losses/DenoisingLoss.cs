using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The denoising loss: <c>weight(sigma) * (D(y + n; sigma) - y)^2</c> with <c>n ~ N(0, sigma^2)</c> (Karras et al. 2022, equation 2 and
/// section 5), with learned uncertainty if a head is given.
/// </summary>
/// <param name="denoiser">D.</param>
/// <param name="weight">The weight of each noise level.</param>
/// <param name="uncertainty">u(sigma), or null.</param>
public sealed class DenoisingLoss(PreconditionedNetwork denoiser, LossWeight weight, UncertaintyHead? uncertainty = null)
{
    /// <summary>Runs the denoiser on noisy images and compares with the clean ones.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="y">Clean images, <c>[N, H, W, C]</c>.</param>
    /// <param name="noise">Standard normals, as y; taken over.</param>
    /// <param name="sigma">Noise level of each image.</param>
    /// <param name="factor">Factor of the sum over all elements whose gradient is wanted: 1 / batch, as the reference has it.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns>The loss of each image, and what <see cref="DenoisingLossResult.Backward"/> needs.</returns>
    public DenoisingLossResult Forward(
        NetworkPass pass, Tensor y, Tensor noise, ReadOnlySpan<double> sigma, float factor,
        Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var tape = pass.Tape;
        var ones = new float[sigma.Length];
        var levels = new float[sigma.Length];
        var weights = new float[sigma.Length];
        for (var i = 0; i < sigma.Length; i++)
        {
            ones[i] = 1f;
            levels[i] = (float)sigma[i];
            weights[i] = (float)weight.Of(sigma[i]);
        }

        var noisy = tape.CombineImages(y, noise, ones, levels);
        noise.Release();
        var denoised = denoiser.Denoise(pass, noisy, sigma, classLabels, augmentLabels);
        if (uncertainty == null)
        {
            var (sum, gradient) = tape.WeightedSquaredError(denoised, y, weights, factor);
            return new DenoisingLossResult(denoised, gradient, null, null, Widen(sum));
        }

        var labels = new float[sigma.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (float)denoiser.Preconditioner.CNoise(sigma[i]);
        }

        return Balanced(tape, denoised, y, weights, factor, uncertainty.Forward(pass, labels));
    }

    // u is a number an image, so its part of the loss is computed on the host.
    private static DenoisingLossResult Balanced(Tape tape, Tensor denoised, Tensor y, float[] weights, float factor, Tensor u)
    {
        var logarithm = u.ToArray();
        var balanced = new float[weights.Length];
        for (var i = 0; i < balanced.Length; i++)
        {
            balanced[i] = (float)(weights[i] * Math.Exp(-(double)logarithm[i]));
        }

        var (sum, gradient) = tape.WeightedSquaredError(denoised, y, balanced, factor);
        var loss = Widen(sum);
        var imageSize = y.Length / weights.Length;
        var du = new float[weights.Length];
        for (var i = 0; i < du.Length; i++)
        {
            du[i] = (float)(factor * (imageSize - loss[i]));
            loss[i] *= Math.Exp(logarithm[i]);
        }

        return new DenoisingLossResult(denoised, gradient, u, tape.From(du, [.. u.Shape]), loss);
    }

    private static double[] Widen(Tensor values) => Array.ConvertAll(values.ToArray(), v => (double)v);
}

/// <summary>What <see cref="DenoisingLoss"/> computes.</summary>
/// <param name="Denoised">The denoiser's output, <c>[N, H, W, C]</c>.</param>
/// <param name="Gradient">The gradient of <c>factor * sum</c> with respect to it.</param>
/// <param name="Uncertainty">u, or null.</param>
/// <param name="UncertaintyGradient">Its gradient, or null.</param>
/// <param name="Loss">
/// Each image's weighted squared error, summed over its elements; without the uncertainty, so that runs can be compared.
/// </param>
public sealed record DenoisingLossResult(
    Tensor Denoised, Tensor Gradient, Tensor? Uncertainty, Tensor? UncertaintyGradient, double[] Loss)
{
    /// <summary>Adds the gradients of all parameters.</summary>
    /// <param name="tape">The tape of the forward pass.</param>
    public void Backward(Tape tape)
    {
        if (Uncertainty != null)
        {
            tape.AddGradient(Uncertainty, UncertaintyGradient!);
        }

        tape.Backward(Denoised, Gradient);
    }
}
