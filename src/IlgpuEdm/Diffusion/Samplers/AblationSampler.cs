namespace IlgpuEdm.Diffusion;

/// <summary>
/// Every sampler of the paper's comparison in one (Karras et al. 2022, algorithm 1 with the churn of algorithm 2): any schedule
/// sigma(t), any scaling s(t), and Euler's method or a second-order one, on the ODE of equation 81,
/// dx/dt = (sigma'/sigma + s'/s) x - (sigma' s / sigma) D(x/s; sigma).
/// </summary>
/// <remarks>
/// A step of the second order has a trial step of alpha h and weighs the slopes at its start and end by 1 - 1/(2 alpha) and
/// 1/(2 alpha): alpha = 1 is Heun's method, 2/3 Ralston's, 1/2 the midpoint method. A last step to t = 0 is Euler's, as the slope has
/// no value there.
/// </remarks>
public static class AblationSampler
{
    /// <summary>Carries latents from the first noise level to the last.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened; x_0 is sigma_0 s_0 times these.</param>
    /// <param name="sigmas">sigma_0 to sigma_N, strictly decreasing; sigma_N may be above 0.</param>
    /// <param name="schedule">sigma(t).</param>
    /// <param name="scaling">s(t).</param>
    /// <param name="alpha">alpha, in (0, 1]; null for Euler's method.</param>
    /// <param name="churn">The noise added at each step; <see cref="Churn.None"/> for none.</param>
    /// <param name="noise">Standard normals; draw i is added at step i, if any noise is. Null without churn.</param>
    /// <param name="round">Takes a noise level raised by churn to one that the denoiser knows; null if it knows all.</param>
    /// <param name="onStep">Called once a step, after its first denoiser call, with x_hat / s and sigma_hat.</param>
    /// <returns>x_N, a new array; it bears the scaling s(t_N), which is 1 at sigma_N = 0.</returns>
    /// <exception cref="ArgumentException">The noise levels do not decrease, or there is no noise to add.</exception>
    public static double[] Sample(Denoiser denoise, double[] latents, IReadOnlyList<double> sigmas, NoiseSchedule schedule,
        SignalScaling scaling, double? alpha, Churn churn, NoiseSource? noise, Func<double, double>? round = null,
        Action<SamplerStep>? onStep = null)
    {
        SamplerMath.CheckFalling(sigmas);
        double[] t = [.. sigmas.Select(level => level == 0 ? 0 : schedule.Time(level))];
        double[] x = Array.ConvertAll(latents, z => z * (schedule.Sigma(t[0]) * scaling.Scale(t[0])));
        for (int i = 0; i < t.Length - 1; i++)
        {
            double tHat = t[i];
            double[] xHat = x;
            double sigma = schedule.Sigma(t[i]);
            double gamma = churn.Gamma(sigma, t.Length - 1);
            if (gamma > 0)
            {
                double raised = sigma + gamma * sigma;
                tHat = schedule.Time(round == null ? raised : round(raised));
                xHat = AddNoise(i, tHat);
            }

            double h = t[i + 1] - tHat;
            double[] denoised = Denoise(xHat, tHat, out double[] unscaled);
            onStep?.Invoke(new SamplerStep(i, schedule.Sigma(tHat), unscaled, denoised));
            double[] d = Slope(xHat, denoised, tHat);
            if (alpha is not double a || t[i + 1] == 0)
            {
                x = Add(xHat, h, d);
            }
            else
            {
                double tPrime = a == 1 ? t[i + 1] : tHat + a * h;
                double[] xPrime = Add(xHat, a * h, d);
                double[] dPrime = Slope(xPrime, Denoise(xPrime, tPrime, out _), tPrime);
                double weight = 1 / (2 * a);
                x = Add(xHat, h, d.Zip(dPrime, (start, end) => (1 - weight) * start + weight * end));
            }
        }

        return x;

        double[] AddNoise(int step, double tHat)
        {
            double s = scaling.Scale(tHat);
            double kept = s / scaling.Scale(t[step]);
            double before = schedule.Sigma(t[step]);
            double after = schedule.Sigma(tHat);
            double added = Math.Sqrt(Math.Max(after * after - before * before, 0)) * s * churn.SNoise;
            double[] epsilon = SamplerMath.Noise(noise, step, x.Length);
            return [.. x.Zip(epsilon, (value, normal) => kept * value + added * normal)];
        }

        double[] Denoise(double[] at, double time, out double[] unscaled)
        {
            double s = scaling.Scale(time);
            unscaled = Array.ConvertAll(at, value => value / s);
            return SamplerMath.Denoise(denoise, unscaled, schedule.Sigma(time));
        }

        double[] Slope(double[] at, double[] denoised, double time)
        {
            double rate = schedule.SigmaDerivative(time) / schedule.Sigma(time);
            double s = scaling.Scale(time);
            double ofX = rate + scaling.ScaleDerivative(time) / s;
            return [.. at.Zip(denoised, (value, clean) => ofX * value - rate * s * clean)];
        }

        static double[] Add(double[] at, double factor, IEnumerable<double> direction) =>
            [.. at.Zip(direction, (value, slope) => value + factor * slope)];
    }
}
