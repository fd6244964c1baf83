namespace IlgpuEdm.Diffusion;

/// <summary>What a sampler reports as it starts a step.</summary>
/// <param name="Index">The step, from 0.</param>
/// <param name="Sigma">t_i, the noise level at its start.</param>
/// <param name="X">x_i, the noisy images at its start; not to be changed.</param>
/// <param name="Denoised">D(x_i; t_i); not to be changed.</param>
public readonly record struct SamplerStep(int Index, double Sigma, double[] X, double[] Denoised);
