namespace IlgpuEdm.Metrics;

/// <summary>Mean and covariance of the features of a set of images, in float64.</summary>
public sealed class FeatureStatistics
{
    /// <summary>Takes figures.</summary>
    /// <param name="mean">The mean, one number a feature.</param>
    /// <param name="covariance">The covariance with N - 1, row by row, the mean's length squared numbers; symmetric.</param>
    /// <param name="count">Number of images; null where a file does not say.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public FeatureStatistics(double[] mean, double[] covariance, long? count)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        if (covariance.LongLength != (long)mean.Length * mean.Length)
        {
            throw new ArgumentException($"{covariance.Length} numbers of a covariance for {mean.Length} features");
        }

        (Mean, Covariance, Count) = (mean, covariance, count);
    }

    /// <summary>The mean, one number a feature.</summary>
    public double[] Mean { get; }

    /// <summary>The covariance, <c>[features, features]</c>, row by row.</summary>
    public double[] Covariance { get; }

    /// <summary>Number of images, where it is known.</summary>
    public long? Count { get; }

    /// <summary>Number of features.</summary>
    public int Length => Mean.Length;
}
