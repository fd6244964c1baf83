namespace IlgpuEdm.Diffusion;

/// <summary>D(x; sigma): what is left of noisy images when the noise is taken away.</summary>
/// <param name="x">The noisy images, flattened, in any layout; not to be changed.</param>
/// <param name="sigma">The noise level of all of them.</param>
/// <returns>The denoised images, as long as <paramref name="x"/> and in its layout.</returns>
public delegate double[] Denoiser(double[] x, double sigma);
