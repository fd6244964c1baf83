namespace IlgpuEdm.Diffusion;

/// <summary>
/// DPM-Solver++(2M) and its SDE (Lu et al. 2022, "DPM-Solver++", algorithm 2 and section 5), with sigma(t) = t: second order with one
/// denoiser call a step, for a step takes the trend of D from the step before. In lambda = -ln t, with h and h_before the lengths of
/// this step and the last, D~ = D + (D - D_before) h / (2 h_before) and
/// x' = D~ + (t'/t)^(1+eta) (x - D~) + t' sqrt(1 - (t'/t)^(2 eta)) epsilon.
/// </summary>
/// <remarks>
/// eta = 0 is the ODE, (2M); eta = 1 the reverse SDE, (2M) SDE; it is the weight of <see cref="SdeSampler"/>, to which this comes down
/// where D~ = D. The first step has no trend yet, and a step to t = 0 gives D.
/// </remarks>
public static class DpmSolverSampler
{
    /// <summary>Carries latents from the first time step to the last.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is t_0 times these.</param>
    /// <param name="timeSteps">t_0 to t_N, strictly decreasing; t_N may be above 0.</param>
    /// <param name="eta">eta, at least 0.</param>
    /// <param name="sNoise">The standard deviation of the noise in units of what theory asks for; 1 as a rule.</param>
    /// <param name="noise">Standard normals; draw i is added at step i. Null where eta is 0.</param>
    /// <param name="onStep">Called once a step, after its denoiser call.</param>
    /// <returns>x_N, a new array.</returns>
    /// <exception cref="ArgumentException">The time steps do not decrease, or there is no noise to add.</exception>
    public static double[] Sample(Denoiser denoise, double[] latents, IReadOnlyList<double> timeSteps, double eta = 0, double sNoise = 1,
        NoiseSource? noise = null, Action<SamplerStep>? onStep = null)
    {
        IReadOnlyList<double> t = timeSteps;
        double[] x = SamplerMath.Start(latents, t);
        double[]? before = null;
        for (int i = 0; i < t.Count - 1; i++)
        {
            double[] denoised = SamplerMath.Denoise(denoise, x, t[i]);
            onStep?.Invoke(new SamplerStep(i, t[i], x, denoised));

            bool last = t[i + 1] == 0;
            double trend = before == null || last ? 0 : Math.Log(t[i] / t[i + 1]) / (2 * Math.Log(t[i - 1] / t[i]));
            double ratio = t[i + 1] / t[i];
            double kept = Math.Pow(ratio, 1 + eta);
            double added = t[i + 1] * Math.Sqrt(1 - Math.Pow(ratio, 2 * eta)) * sNoise;
            double[]? epsilon = added > 0 ? SamplerMath.Noise(noise, i, x.Length) : null;
            var xNext = new double[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                double ahead = before == null ? denoised[j] : denoised[j] + trend * (denoised[j] - before[j]);
                xNext[j] = ahead + kept * (x[j] - ahead) + (epsilon == null ? 0 : added * epsilon[j]);
            }

            before = [.. denoised];
            x = xNext;
        }

        return x;
    }
}
