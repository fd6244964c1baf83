namespace IlgpuEdm.Diffusion;

/// <summary>What an <see cref="IdealDenoiser"/> makes of noisy images.</summary>
/// <param name="Denoised">The denoised images, <c>[N, H, W, C]</c> in order.</param>
/// <param name="EffectiveImages">
/// Of each noisy image how many images of the set its denoising is a mean of: <c>1 / sum of w^2</c>, from 1 to the number of images.
/// </param>
public sealed record IdealEstimate(double[] Denoised, double[] EffectiveImages);
