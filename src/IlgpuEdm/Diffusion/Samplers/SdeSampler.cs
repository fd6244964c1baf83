namespace IlgpuEdm.Diffusion;

/// <summary>
/// The reverse SDE with a weight w on its noise, with sigma(t) = t: dx = (1 + w) (x - D(x; t))/t dt + sqrt(2 w t) domega, time running
/// down (Karras et al. 2022, equation 6, with beta = w / t). Noise goes at the rate (1 + w) 2t and comes at w 2t, so the rate of their
/// difference, and every p(x; sigma) on the way, is the same for all w: w = 0 is the probability flow ODE, w = 1 the reverse SDE of
/// Song et al. 2021 (and, step by step, the ancestral sampling of DDPM).
/// </summary>
/// <remarks>
/// Euler-Maruyama with D held over a step and what is linear solved exactly:
/// x' = D + (t'/t)^(1+w) (x - D) + t' sqrt(1 - (t'/t)^(2w)) epsilon. The plain rule x + (1 + w)(t' - t)(x - D)/t overshoots D as soon as
/// t' is below w/(1+w) t; this one leaves noise of level t' after a step of any length, and for w = 0 it is <see cref="EulerSampler"/>.
/// One denoiser call a step; a step to t = 0 gives D.
/// </remarks>
public static class SdeSampler
{
    /// <summary>Carries latents from the first time step to the last.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is t_0 times these.</param>
    /// <param name="timeSteps">t_0 to t_N, strictly decreasing; t_N may be above 0.</param>
    /// <param name="weight">w, at least 0.</param>
    /// <param name="sNoise">The standard deviation of the noise in units of what theory asks for; 1 as a rule.</param>
    /// <param name="noise">Standard normals; draw i is added at step i. Null where none is added.</param>
    /// <param name="onStep">Called once a step, after its denoiser call.</param>
    /// <returns>x_N, a new array.</returns>
    /// <exception cref="ArgumentException">The time steps do not decrease, or there is no noise to add.</exception>
    public static double[] Sample(Denoiser denoise, double[] latents, IReadOnlyList<double> timeSteps, double weight, double sNoise,
        NoiseSource? noise, Action<SamplerStep>? onStep = null)
    {
        IReadOnlyList<double> t = timeSteps;
        double[] x = SamplerMath.Start(latents, t);
        for (int i = 0; i < t.Count - 1; i++)
        {
            double[] denoised = SamplerMath.Denoise(denoise, x, t[i]);
            onStep?.Invoke(new SamplerStep(i, t[i], x, denoised));

            double ratio = t[i + 1] / t[i];
            double kept = Math.Pow(ratio, 1 + weight);
            double added = t[i + 1] * Math.Sqrt(1 - Math.Pow(ratio, 2 * weight)) * sNoise;
            double[]? epsilon = added > 0 ? SamplerMath.Noise(noise, i, x.Length) : null;
            var xNext = new double[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                xNext[j] = denoised[j] + kept * (x[j] - denoised[j]) + (epsilon == null ? 0 : added * epsilon[j]);
            }

            x = xNext;
        }

        return x;
    }
}
