namespace IlgpuEdm.Diffusion;

/// <summary>
/// The inverse of <see cref="HeunSampler"/> on given time steps. Each step is first taken backwards, which misses by the method's
/// error, and then refined until the sampler's step carries it to x_(i+1): x += (s(t_i) / s(t_(i+1))) (x_(i+1) - step(x)) with
/// s(t) = sqrt(sigmaData^2 + t^2), sped up by Anderson's method (1965). A few refinements undo even a sampler of few steps. No image
/// depends on the others in a batch.
/// </summary>
public static class HeunInversion
{
    /// <summary>Carries images up to the first time step.</summary>
    /// <param name="denoise">D(x; sigma); called 2 (1 + refinements) times a step, refinements times for the step from 0.</param>
    /// <param name="images">Images at the last time step, one after the other.</param>
    /// <param name="imageSize">Values of an image, H * W * C.</param>
    /// <param name="timeSteps">Those of the sampler: t_0 to t_N, strictly decreasing; t_N may be 0.</param>
    /// <param name="refinements">How often each step is refined, at least 0.</param>
    /// <param name="sigmaData">The standard deviation of the data, above 0: it sets how fast refinements converge.</param>
    /// <param name="onStep">
    /// Called once a step, in the order taken: index 0 belongs to the step up from t_N, or from t_(N-1) where t_N is 0.
    /// </param>
    /// <returns>The latents, x at t_0 divided by t_0: <see cref="HeunSampler.Sample"/> makes the images of them.</returns>
    /// <exception cref="EdmException">The time steps do not decrease, an option is out of range, or a number is not finite.</exception>
    public static double[] Invert(
        Denoiser denoise,
        double[] images,
        int imageSize,
        IReadOnlyList<double> timeSteps,
        int refinements = 0,
        double sigmaData = 0.5,
        Action<SamplerStep>? onStep = null)
    {
        OdeCheck.TimeSteps(timeSteps);
        OptionRange.AtLeast("--refinements", refinements, 0);
        OptionRange.Positive("--sigma-data", sigmaData);
        int count = OdeCheck.Images("images", images, imageSize);
        OdeCheck.Finite("images", images);
        IReadOnlyList<double> t = timeSteps;
        double[] x = images;
        int index = 0;
        for (int i = t.Count - 2; i >= 0; i--)
        {
            double[] target = x;
            if (t[i + 1] > 0)
            {
                double[] denoised = OdeCheck.Denoise(denoise, x, t[i + 1]);
                onStep?.Invoke(new SamplerStep(index++, t[i + 1], x, denoised));
                x = HeunStep.Take(denoise, x, denoised, t[i + 1], t[i]);
            }

            double stretch = Scale(sigmaData, t[i]) / Scale(sigmaData, t[i + 1]);
            AndersonStep[] solvers = [.. Enumerable.Range(0, count).Select(_ => new AndersonStep(stretch))];
            for (int r = 0; r < refinements; r++)
            {
                double[] back = HeunStep.Take(denoise, x, OdeCheck.Denoise(denoise, x, t[i]), t[i], t[i + 1]);
                var refined = new double[x.Length];
                for (int image = 0; image < count; image++)
                {
                    Range range = (image * imageSize)..((image + 1) * imageSize);
                    double[] residual = [.. target[range].Zip(back[range], (wanted, got) => wanted - got)];
                    solvers[image].Next(x[range], residual).CopyTo(refined, image * imageSize);
                }

                x = refined;
            }
        }

        return Array.ConvertAll(x, v => v / t[0]);
    }

    private static double Scale(double sigmaData, double t) => Math.Sqrt(sigmaData * sigmaData + t * t);
}
