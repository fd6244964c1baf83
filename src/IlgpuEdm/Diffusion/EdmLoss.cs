using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The EDM loss: <c>weight(sigma) * (D(y + n; sigma) - y)^2</c> with <c>n ~ N(0, sigma^2)</c>, <c>ln sigma ~ N(pMean, pStd^2)</c> and
/// <c>weight = (sigma^2 + sigmaData^2) / (sigma sigmaData)^2</c> (Karras et al. 2022, section 5).
/// </summary>
/// <param name="preconditioner">D.</param>
public sealed class EdmLoss(EdmPreconditioner preconditioner)
{
    /// <summary>Runs the denoiser on noisy images and compares with the clean ones.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="y">Clean images, <c>[N, H, W, C]</c>.</param>
    /// <param name="noise">Standard normals, as y; taken over.</param>
    /// <param name="sigma">Noise level of each image.</param>
    /// <param name="factor">Factor of the sum over all elements whose gradient is wanted: 1 / batch, as the reference has it.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns>What <see cref="Tape.Backward"/> takes, and each image's loss.</returns>
    public EdmLossResult Forward(
        NetworkPass pass, Tensor y, Tensor noise, ReadOnlySpan<double> sigma, float factor,
        Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var ones = new float[sigma.Length];
        var levels = new float[sigma.Length];
        var weights = new float[sigma.Length];
        for (var i = 0; i < sigma.Length; i++)
        {
            ones[i] = 1f;
            levels[i] = (float)sigma[i];
            weights[i] = (float)EdmNoiseLevels.EdmLossWeight(sigma[i], preconditioner.SigmaData);
        }

        var noisy = pass.Tape.CombineImages(y, noise, ones, levels);
        noise.Release();
        var denoised = preconditioner.Denoise(pass, noisy, sigma, classLabels, augmentLabels);
        var (loss, gradient) = pass.Tape.WeightedSquaredError(denoised, y, weights, factor);
        return new EdmLossResult(denoised, loss, gradient);
    }
}

/// <summary>What <see cref="EdmLoss"/> computes.</summary>
/// <param name="Denoised">The denoiser's output, <c>[N, H, W, C]</c>.</param>
/// <param name="Loss">Each image's loss, summed over its elements, <c>[N]</c>.</param>
/// <param name="Gradient">The gradient of <c>factor * sum</c> with respect to the output.</param>
public sealed record EdmLossResult(Tensor Denoised, Tensor Loss, Tensor Gradient);
