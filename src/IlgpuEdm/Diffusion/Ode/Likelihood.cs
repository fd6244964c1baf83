namespace IlgpuEdm.Diffusion;

/// <summary>
/// The log-likelihood of an image through the probability flow ODE (Song et al. 2021, "Score-Based Generative Modeling through
/// Stochastic Differential Equations", section 4.3). Along dx/du = x - D(x; sigma) with u = ln sigma, ln p changes by minus the
/// divergence, so with n values, J = dD/dx and x_T the image carried up to sigmaMax
/// <code>ln p(x) = ln N(x_T; 0, sigmaMax^2 I) + integral from ln sigmaMin to ln sigmaMax of (n - trace J) du.</code>
/// The image is taken as it is for a sample at sigmaMin: p is the density of the data smoothed by Gaussian noise of that size, which
/// stays finite where the data's own density does not (pixels of 8 bits, images on a manifold). The Gaussian at sigmaMax leaves the
/// data's mean and variance out, about n (mean^2 + variance) / (2 sigmaMax^2) nats.
/// </summary>
public static class Likelihood
{
    /// <summary>Computes ln p of one image.</summary>
    /// <param name="denoise">D with its vector-Jacobian product; must take batches of images as large as this one.</param>
    /// <param name="image">One image, flattened, in the network's scale (-1 to 1).</param>
    /// <param name="options">Solver and probes.</param>
    /// <param name="seed">Keys the probes; with the image it decides the result.</param>
    /// <param name="onStep">Called once for each step up that was taken, with the state at its start.</param>
    /// <returns>The likelihood and its standard error.</returns>
    /// <exception cref="EdmException">
    /// An option is out of range, the solver does not converge, or a number is not finite.
    /// </exception>
    public static LikelihoodResult Of(
        DenoiserVjp denoise, double[] image, LikelihoodOptions options, ulong seed, Action<SamplerStep>? onStep = null)
    {
        options.Validate();
        OdeCheck.Images("image", image, image.Length);
        OdeCheck.Finite("image", image);
        AdaptiveOdeOptions ode = options.Ode;
        int n = image.Length;
        var flow = new ScaledFlow(ode.SigmaData, ode.SigmaMin, ode.SigmaMax);
        var probes = new DivergenceProbes(options, n, seed);
        var traces = new double[probes.Count];
        var solver = new DormandPrince(ode, integrals: probes.Count);

        // Behind the image the state holds, for each estimate, the integral of trace J / n - (sigmaData / s)^2: what is left of the
        // divergence in nats a value after the part that Gaussian data would have, which is integrated exactly below.
        double[] denoised = [];
        double[] Slope(double u, double[] state)
        {
            double sigma = flow.Sigma(u);
            denoised = probes.Traces(denoise, flow.Unscale(state.AsSpan(0, n), sigma), sigma, traces);
            var slope = new double[state.Length];
            flow.Slope(state.AsSpan(0, n), denoised, sigma, slope);
            for (int k = 0; k < traces.Length; k++)
            {
                slope[n + k] = traces[k] / n - flow.DataShare(sigma);
            }

            return slope;
        }

        var state = new double[n + probes.Count];
        flow.Rescale(image, ode.SigmaMin, state);
        double[] end = solver.Solve(Slope, state, flow.From, flow.To, (u, y) =>
        {
            if (u != flow.To)
            {
                double sigma = flow.Sigma(u);
                onStep?.Invoke(new SamplerStep(solver.Steps, sigma, flow.Unscale(y.AsSpan(0, n), sigma), denoised));
            }
        });

        double[] latent = Array.ConvertAll(flow.Unscale(end.AsSpan(0, n), ode.SigmaMax), v => v / ode.SigmaMax);
        double stretch = n * Math.Log(flow.Scale(ode.SigmaMax) / flow.Scale(ode.SigmaMin));
        double prior = -n * (Math.Log(2 * Math.PI) / 2 + Math.Log(ode.SigmaMax));
        foreach (double z in latent)
        {
            prior -= z * z / 2;
        }

        double[] integrals = Array.ConvertAll(end[n..], v => v * n);
        var (mean, error) = JacobianTrace.Summary(integrals, options.FullTrace);
        return new LikelihoodResult(prior + stretch - mean, error, n, latent, solver.Evaluations);
    }

    /// <summary>Computes ln p of each image of a batch, image by image: each gets what <see cref="Of"/> gives it alone.</summary>
    /// <param name="denoise">The denoiser of image i (so that each may have its own class).</param>
    /// <param name="images">The images, one after the other.</param>
    /// <param name="imageSize">Values of an image, H * W * C.</param>
    /// <param name="options">Solver and probes.</param>
    /// <param name="seeds">One seed an image.</param>
    /// <returns>One likelihood an image.</returns>
    /// <exception cref="EdmException">As in <see cref="Of"/>, or images, sizes and seeds do not fit.</exception>
    public static LikelihoodResult[] OfEach(
        Func<int, DenoiserVjp> denoise, double[] images, int imageSize, LikelihoodOptions options, IReadOnlyList<ulong> seeds)
    {
        int count = OdeCheck.Images("images", images, imageSize);
        if (seeds.Count != count)
        {
            throw new EdmException($"There are {seeds.Count} seeds for {count} images; give one seed an image.");
        }

        var results = new LikelihoodResult[count];
        for (int i = 0; i < count; i++)
        {
            results[i] = Of(denoise(i), images[(i * imageSize)..((i + 1) * imageSize)], options, seeds[i]);
        }

        return results;
    }
}
