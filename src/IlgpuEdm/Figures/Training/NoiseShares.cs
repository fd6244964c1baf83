using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>How much of training falls between noise levels, from the quantiles of a distribution of theirs.</summary>
internal static class NoiseShares
{
    // Each halves what is not known of a probability; beyond this it would round to 1.
    private const int Halvings = 50;

    /// <summary>The share of training images whose noise level lies between each two neighbours.</summary>
    /// <param name="levels">The noise levels that training sees.</param>
    /// <param name="edges">Noise levels, rising.</param>
    /// <returns>One share for each interval, 0 to 1.</returns>
    public static double[] Between(NoiseLevels levels, IReadOnlyList<double> edges)
    {
        bool falls = levels.FromUniform(0.25) > levels.FromUniform(0.75);
        double[] below = [.. edges.Select(edge => Below(levels, edge, falls))];
        return [.. below.Zip(below.Skip(1), (low, high) => high - low)];
    }

    /// <summary>Edges of so many intervals, evenly wide in log sigma.</summary>
    /// <param name="low">The lowest noise level.</param>
    /// <param name="high">The highest noise level.</param>
    /// <param name="intervals">How many intervals.</param>
    /// <returns>One edge more than intervals, rising.</returns>
    public static double[] Edges(double low, double high, int intervals) =>
        [.. Enumerable.Range(0, intervals + 1).Select(i => low * Math.Pow(high / low, (double)i / intervals))];

    // The quantile function is monotonous, so its inverse is found by halving.
    private static double Below(NoiseLevels levels, double sigma, bool falls)
    {
        (double low, double high) = (0, 1);
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (levels.FromUniform(middle) < sigma != falls)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return falls ? 1 - high : low;
    }
}
