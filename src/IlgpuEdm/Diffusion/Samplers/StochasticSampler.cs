namespace IlgpuEdm.Diffusion;

/// <summary>
/// The stochastic sampler of EDM (Karras et al. 2022, algorithm 2), with sigma(t) = t: each step first adds a little noise, from t_i
/// up to t_hat = t_i (1 + gamma_i), then goes from there to t_{i+1} by Heun's method. Fresh noise lets later steps mend the errors
/// of earlier ones. Two denoiser calls a step but for a last one to t = 0. Without churn it is <see cref="HeunSampler"/>.
/// </summary>
public static class StochasticSampler
{
    /// <summary>Carries latents from the first time step to the last.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is t_0 times these.</param>
    /// <param name="timeSteps">t_0 to t_N, strictly decreasing; t_N may be above 0.</param>
    /// <param name="churn">S_churn, S_min, S_max and S_noise.</param>
    /// <param name="noise">Standard normals; draw i is added at step i, if any noise is. Null where none is added.</param>
    /// <param name="round">Takes t_hat to a level that the denoiser knows; null if it knows all.</param>
    /// <param name="onStep">Called once a step, after its first denoiser call, with x_hat and t_hat.</param>
    /// <returns>x_N, a new array.</returns>
    /// <exception cref="ArgumentException">The time steps do not decrease, or there is no noise to add.</exception>
    public static double[] Sample(Denoiser denoise, double[] latents, IReadOnlyList<double> timeSteps, Churn churn, NoiseSource? noise,
        Func<double, double>? round = null, Action<SamplerStep>? onStep = null)
    {
        IReadOnlyList<double> t = timeSteps;
        double[] x = SamplerMath.Start(latents, t);
        for (int i = 0; i < t.Count - 1; i++)
        {
            // Increase the noise for a moment.
            double gamma = churn.Gamma(t[i], t.Count - 1);
            double tHat = gamma > 0 ? t[i] + gamma * t[i] : t[i];
            tHat = round != null && gamma > 0 ? round(tHat) : tHat;
            double[] xHat = x;
            if (gamma > 0)
            {
                double added = Math.Sqrt(Math.Max(tHat * tHat - t[i] * t[i], 0)) * churn.SNoise;
                double[] epsilon = SamplerMath.Noise(noise, i, x.Length);
                xHat = new double[x.Length];
                for (int j = 0; j < x.Length; j++)
                {
                    xHat[j] = x[j] + added * epsilon[j];
                }
            }

            // Euler's step from t_hat to t_{i+1}.
            double[] denoised = SamplerMath.Denoise(denoise, xHat, tHat);
            onStep?.Invoke(new SamplerStep(i, tHat, xHat, denoised));
            double h = t[i + 1] - tHat;
            var d = new double[x.Length];
            var xNext = new double[x.Length];
            for (int j = 0; j < x.Length; j++)
            {
                d[j] = (xHat[j] - denoised[j]) / tHat;
                xNext[j] = xHat[j] + h * d[j];
            }

            // Heun's correction: the mean of the slopes at both ends.
            if (t[i + 1] != 0)
            {
                denoised = SamplerMath.Denoise(denoise, xNext, t[i + 1]);
                var corrected = new double[x.Length];
                for (int j = 0; j < x.Length; j++)
                {
                    double dNext = (xNext[j] - denoised[j]) / t[i + 1];
                    corrected[j] = xHat[j] + h * (d[j] + dNext) / 2;
                }

                xNext = corrected;
            }

            x = xNext;
        }

        return x;
    }
}
