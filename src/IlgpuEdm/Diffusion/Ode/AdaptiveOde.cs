namespace IlgpuEdm.Diffusion;

/// <summary>
/// The probability flow ODE dx/dsigma = (x - D(x; sigma)) / sigma (Karras et al. 2022, equation 1 with sigma(t) = t) solved to a
/// tolerance: steps in ln sigma whose lengths follow the error of an embedded pair of orders 5 and 4. It works on one image at a
/// time, since a step length shared by a batch would make an image depend on its neighbours. Deterministic, in float64.
/// </summary>
public static class AdaptiveOde
{
    /// <summary>Samples one image: from SigmaMax down to SigmaMin, then a last step of Euler's method to 0, which is D.</summary>
    /// <param name="denoise">D(x; sigma); called about 6 times a step, not at all for the last step to 0.</param>
    /// <param name="latent">Standard normal numbers of one image, flattened; it starts from SigmaMax times these.</param>
    /// <param name="options">Noise levels and tolerances.</param>
    /// <param name="onStep">Called once for each step that was taken, with the state at its start.</param>
    /// <returns>The image and what it cost.</returns>
    /// <exception cref="EdmException">
    /// An option is out of range, the solver does not converge, or a number is not finite.
    /// </exception>
    public static OdeSolution Sample(
        Denoiser denoise, double[] latent, AdaptiveOdeOptions options, Action<SamplerStep>? onStep = null)
    {
        options.Validate();
        double[] x = Array.ConvertAll(latent, z => options.SigmaMax * z);
        OdeSolution end = Solve(denoise, x, options.SigmaMax, options.SigmaMin, options, onStep);
        onStep?.Invoke(new SamplerStep(end.Steps, options.SigmaMin, end.X, end.Denoised));
        return end with { X = [.. end.Denoised], Steps = end.Steps + 1 };
    }

    /// <summary>Carries one image from one noise level to another, up or down.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="x">One image at <paramref name="sigmaFrom"/>, flattened.</param>
    /// <param name="sigmaFrom">Its noise level, from SigmaMin to SigmaMax.</param>
    /// <param name="sigmaTo">The noise level to reach, from SigmaMin to SigmaMax.</param>
    /// <param name="options">Noise levels and tolerances.</param>
    /// <param name="onStep">Called once for each step that was taken, with the state at its start.</param>
    /// <returns>The image at <paramref name="sigmaTo"/> and what it cost.</returns>
    /// <exception cref="EdmException">
    /// A noise level or an option is out of range, the solver does not converge, or a number is not finite.
    /// </exception>
    public static OdeSolution Solve(
        Denoiser denoise, double[] x, double sigmaFrom, double sigmaTo, AdaptiveOdeOptions options, Action<SamplerStep>? onStep = null)
    {
        options.Validate();
        OdeCheck.Sigma("The noise level to start from", sigmaFrom, options.SigmaMin, options.SigmaMax);
        OdeCheck.Sigma("The noise level to end at", sigmaTo, options.SigmaMin, options.SigmaMax);
        OdeCheck.Images("image", x, x.Length);
        OdeCheck.Finite("image", x);

        var flow = new ScaledFlow(options.SigmaData, sigmaFrom, sigmaTo);
        var solver = new DormandPrince(options, integrals: 0);
        double[] denoised = [];
        double[] Slope(double u, double[] y)
        {
            double sigma = flow.Sigma(u);
            denoised = OdeCheck.Denoise(denoise, flow.Unscale(y, sigma), sigma);
            var slope = new double[y.Length];
            flow.Slope(y, denoised, sigma, slope);
            return slope;
        }

        var first = new double[x.Length];
        flow.Rescale(x, sigmaFrom, first);
        double[] last = solver.Solve(Slope, first, flow.From, flow.To, (u, y) =>
        {
            // The pair evaluates the end of a step last, so that this is D of the step about to start.
            if (u != flow.To)
            {
                double sigma = flow.Sigma(u);
                onStep?.Invoke(new SamplerStep(solver.Steps, sigma, flow.Unscale(y, sigma), denoised));
            }
        });
        return new OdeSolution(flow.Unscale(last, sigmaTo), denoised, solver.Evaluations, solver.Steps, solver.RejectedSteps);
    }

    /// <summary>Samples a batch image by image: each gets the very bytes that <see cref="Sample"/> gives it alone.</summary>
    /// <param name="denoiser">The denoiser of image i (so that each may have its own class); it sees that image only.</param>
    /// <param name="latents">Standard normal numbers, one image after the other.</param>
    /// <param name="imageSize">Values of an image, H * W * C.</param>
    /// <param name="options">Noise levels and tolerances.</param>
    /// <param name="onStep">Called with the number of the image and each of its steps.</param>
    /// <returns>The images, one after the other.</returns>
    /// <exception cref="EdmException">As in <see cref="Sample"/>, or the latents are no whole number of images.</exception>
    public static double[] SampleEach(
        Func<int, Denoiser> denoiser, double[] latents, int imageSize, AdaptiveOdeOptions options, Action<int, SamplerStep>? onStep = null)
    {
        var images = new double[latents.Length];
        int count = OdeCheck.Images("latents", latents, imageSize);
        for (int i = 0; i < count; i++)
        {
            int image = i;
            double[] latent = latents[(i * imageSize)..((i + 1) * imageSize)];
            Action<SamplerStep>? report = onStep == null ? null : step => onStep(image, step);
            Sample(denoiser(i), latent, options, report).X.CopyTo(images, i * imageSize);
        }

        return images;
    }
}
