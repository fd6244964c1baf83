namespace IlgpuEdm.Diffusion;

/// <summary>
/// The trace of dD/dx at one noise level, all that <see cref="Likelihood"/> needs of the denoiser's derivative: the divergence of
/// (x - D) / sigma is (n - trace) / sigma.
/// </summary>
public static class JacobianTrace
{
    /// <summary>Computes or estimates the trace for one image.</summary>
    /// <param name="denoise">D with its vector-Jacobian product; must take batches of images as large as this one.</param>
    /// <param name="image">One noisy image, flattened.</param>
    /// <param name="sigma">Its noise level, above 0.</param>
    /// <param name="options">Probes, or the full trace; its solver is not used.</param>
    /// <param name="seed">Keys the probes.</param>
    /// <returns>The trace, and the standard error over the probes: 0 for the full trace, null for one probe.</returns>
    /// <exception cref="EdmException">An option is out of range, or a number is not finite.</exception>
    public static (double Trace, double? StandardError) Of(
        DenoiserVjp denoise, double[] image, double sigma, LikelihoodOptions options, ulong seed)
    {
        options.Validate();
        OptionRange.Positive("The noise level of the trace", sigma);
        OdeCheck.Images("image", image, image.Length);
        OdeCheck.Finite("image", image);
        var probes = new DivergenceProbes(options, image.Length, seed);
        var traces = new double[probes.Count];
        probes.Traces(denoise, image, sigma, traces);
        return Summary(traces, options.FullTrace);
    }

    /// <summary>The mean of estimates and its standard error: 0 for an exact one, null where one estimate shows no spread.</summary>
    internal static (double Mean, double? StandardError) Summary(double[] estimates, bool exact)
    {
        double mean = estimates.Sum() / estimates.Length;
        if (exact || estimates.Length == 1)
        {
            return (mean, exact ? 0 : null);
        }

        double squares = 0;
        foreach (double v in estimates)
        {
            squares += (v - mean) * (v - mean);
        }

        return (mean, Math.Sqrt(squares / (estimates.Length - 1) / estimates.Length));
    }
}
