namespace IlgpuEdm.Diffusion;

/// <summary>
/// A <see cref="Denoiser"/> that also tells how its result depends on its input: the vector-Jacobian product v^T dD/dx, one
/// backward pass through the network. Images of a batch do not depend on each other.
/// </summary>
/// <param name="x">The noisy images, flattened, any number of them; not to be changed.</param>
/// <param name="sigma">The noise level of all of them.</param>
/// <param name="cotangent">v, as long as <paramref name="x"/>; not to be changed.</param>
/// <returns>D(x; sigma), and v^T dD/dx: element j is the sum over i of v_i dD_i/dx_j. Both as long as <paramref name="x"/>.</returns>
public delegate (double[] Denoised, double[] Vjp) DenoiserVjp(double[] x, double sigma, double[] cotangent);
