namespace IlgpuEdm.Diffusion;

/// <summary>Likelihoods of several images.</summary>
/// <param name="Images">How many.</param>
/// <param name="BitsPerDimension">The mean of <see cref="LikelihoodResult.BitsPerDimensionOfBytes"/>.</param>
/// <param name="StandardError">Its standard error over the images; null for one image.</param>
/// <param name="EstimateError">
/// The root mean square, over the images, of the standard error of one image's bits per dimension over the probes; 0 for the full trace,
/// null for one probe.
/// </param>
/// <param name="Nats">The mean of <see cref="LikelihoodResult.Nats"/>.</param>
/// <param name="Evaluations">The mean of evaluations an image.</param>
/// <param name="Values">Each image's bits per dimension.</param>
public sealed record LikelihoodSummary(int Images, double BitsPerDimension, double? StandardError, double? EstimateError, double Nats,
    double Evaluations, IReadOnlyList<double> Values)
{
    /// <summary>Sums up.</summary>
    /// <param name="results">One result an image, at least one.</param>
    /// <returns>The summary.</returns>
    public static LikelihoodSummary Of(IReadOnlyList<LikelihoodResult> results)
    {
        int n = results.Count;
        double[] bits = [.. results.Select(result => result.BitsPerDimensionOfBytes)];
        double mean = bits.Average();
        double? error = n == 1 ? null : Math.Sqrt(bits.Sum(b => (b - mean) * (b - mean)) / (n - 1.0) / n);
        double?[] estimates = [.. results.Select(result => result.StandardError / (result.Dimensions * Math.Log(2)))];
        double? estimate = estimates.Contains(null) ? null : Math.Sqrt(estimates.Average(e => e!.Value * e.Value));
        return new LikelihoodSummary(
            n, mean, error, estimate, results.Average(result => result.Nats), results.Average(result => result.Evaluations), bits);
    }
}
