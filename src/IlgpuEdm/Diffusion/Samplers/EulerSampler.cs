namespace IlgpuEdm.Diffusion;

/// <summary>
/// Euler's method on the probability flow ODE dx/dt = (x - D(x; t)) / t with sigma(t) = t: first order, one denoiser call a
/// step (Karras et al. 2022, algorithm 1 without its correction). Deterministic, in float64.
/// </summary>
public static class EulerSampler
{
    /// <summary>Carries latents from the first time step to the last.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is t_0 times these.</param>
    /// <param name="timeSteps">
    /// t_0 to t_N, strictly decreasing, as <see cref="EdmTimeSteps.Create"/> makes them; t_N may be above 0.
    /// </param>
    /// <param name="onStep">Called once a step, after its denoiser call.</param>
    /// <returns>x_N, a new array.</returns>
    /// <exception cref="ArgumentException">The time steps do not decrease.</exception>
    public static double[] Sample(
        Denoiser denoise, double[] latents, IReadOnlyList<double> timeSteps, Action<SamplerStep>? onStep = null)
    {
        IReadOnlyList<double> t = timeSteps;
        double[] x = SamplerMath.Start(latents, t);
        for (int i = 0; i < t.Count - 1; i++)
        {
            double[] denoised = SamplerMath.Denoise(denoise, x, t[i]);
            onStep?.Invoke(new SamplerStep(i, t[i], x, denoised));

            var xNext = new double[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                double d = (x[j] - denoised[j]) / t[i];
                xNext[j] = x[j] + (t[i + 1] - t[i]) * d;
            }

            x = xNext;
        }

        return x;
    }
}
