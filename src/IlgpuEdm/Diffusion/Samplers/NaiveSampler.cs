namespace IlgpuEdm.Diffusion;

/// <summary>
/// The denoising loop at its simplest: keep 98 % of the image, mix in 2 % of its denoising, and call the noise 2 % lower. That is
/// Euler's method on dx/dsigma = (x - D(x; sigma)) / sigma with steps of -0.02 sigma, so it does solve the probability flow ODE,
/// only slowly (the first guess in NVIDIA's introduction to the work of Karras et al. 2022).
/// </summary>
public static class NaiveSampler
{
    private const double Kept = 0.98;

    /// <summary>Lowers the noise from one level to another, then denoises what is left in one go.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is sigma_max times these.</param>
    /// <param name="sigmaMin">sigma_min; the loop ends before the noise falls below it.</param>
    /// <param name="sigmaMax">sigma_max, the noise level to start from.</param>
    /// <param name="onStep">Called after each denoiser call.</param>
    /// <returns>The last denoised images, a new array.</returns>
    /// <exception cref="EdmException">The noise levels are out of range.</exception>
    public static double[] Sample(
        Denoiser denoise, double[] latents, double sigmaMin, double sigmaMax, Action<SamplerStep>? onStep = null)
    {
        int blends = Evaluations(sigmaMin, sigmaMax) - 1;
        double sigma = sigmaMax;
        double[] x = Array.ConvertAll(latents, z => sigma * z);
        for (int i = 0; ; i++)
        {
            double[] denoised = SamplerMath.Denoise(denoise, x, sigma);
            onStep?.Invoke(new SamplerStep(i, sigma, x, denoised));
            if (i == blends)
            {
                return [.. denoised];
            }

            var xNext = new double[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                xNext[j] = Kept * x[j] + (1 - Kept) * denoised[j];
            }

            x = xNext;
            sigma *= Kept;
        }
    }

    /// <summary>How often <see cref="Sample"/> calls the denoiser: once for every 2 %, and once at the end.</summary>
    /// <param name="sigmaMin">sigma_min.</param>
    /// <param name="sigmaMax">sigma_max.</param>
    /// <returns>The number of calls.</returns>
    /// <exception cref="EdmException">The noise levels are out of range.</exception>
    public static int Evaluations(double sigmaMin, double sigmaMax)
    {
        Discretization.Check(1, sigmaMin, sigmaMax);
        int calls = 1;
        for (double sigma = sigmaMax; Kept * sigma >= sigmaMin; sigma *= Kept)
        {
            calls++;
        }

        return calls;
    }
}
