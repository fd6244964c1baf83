namespace IlgpuEdm.Diffusion;

/// <summary>What a sampler reports once a step, after its first denoiser call.</summary>
/// <param name="Index">The step, from 0.</param>
/// <param name="Sigma">The noise level of <paramref name="X"/>: that of the step, raised by churn where there is any.</param>
/// <param name="X">The noisy images that were denoised, without any scaling s(t); not to be changed.</param>
/// <param name="Denoised">D(X; Sigma); not to be changed.</param>
public readonly record struct SamplerStep(int Index, double Sigma, double[] X, double[] Denoised);
