using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Do numbers come from a distribution that is known? The test of Kolmogorov and Smirnov: the largest difference between the share of the
/// numbers that lie below a value and the probability that the distribution gives it.
/// </summary>
public static class KolmogorovSmirnov
{
    /// <summary>The distance between numbers and a continuous distribution.</summary>
    /// <param name="values">The numbers, at least one, in any order.</param>
    /// <param name="cdf">The probability of a number of at most x.</param>
    /// <returns>The distance, in [0, 1].</returns>
    /// <exception cref="EdmException">There are no numbers, or one is not finite.</exception>
    public static double Distance(IEnumerable<double> values, Func<double, double> cdf)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0 || !Array.TrueForAll(sorted, double.IsFinite))
        {
            throw new EdmException("a Kolmogorov-Smirnov distance needs finite values, at least one");
        }

        double largest = 0;
        foreach ((int i, double value) in sorted.Index())
        {
            double probability = cdf(value);
            largest = Math.Max(largest, Math.Max(probability - (double)i / sorted.Length, (i + 1.0) / sorted.Length - probability));
        }

        return largest;
    }

    /// <summary>The distance that chance alone exceeds with a given probability, by the limit for many numbers.</summary>
    /// <param name="count">How many numbers, at least 1; from about 35 on the limit is good.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    /// <returns><c>sqrt(-ln(level / 2) / (2 count))</c>.</returns>
    /// <exception cref="EdmException">An argument is out of range.</exception>
    public static double Bound(int count, double level = 0.01)
    {
        OptionRange.AtLeast("the values of a Kolmogorov-Smirnov bound", count, 1);
        OptionRange.Positive("the level of a Kolmogorov-Smirnov bound", level);
        OptionRange.Above("1", 1, "the level of a Kolmogorov-Smirnov bound", level);
        return Math.Sqrt(-Math.Log(level / 2) / (2 * count));
    }
}
