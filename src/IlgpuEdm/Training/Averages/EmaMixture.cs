namespace IlgpuEdm.Training;

/// <summary>
/// The weighted sum of stored averages that comes nearest to another average (Karras et al. 2024, section 3.2 and appendix C): least
/// squares of the profiles in closed form.
/// </summary>
public sealed class EmaMixture
{
    // What float32 may leave uncertain of a stored average, 1e-5, squared: no weights are taken that would carry more of it into the result
    // than they improve the profile by. Nearly equal profiles, as of snapshots a step apart, else get huge weights of opposite sign.
    private const double Ridge = 1e-10;

    // A tenth of what float32 resolves.
    private const double Negligible = 1e-8;

    private EmaMixture(double[] weights, double error)
    {
        Weights = weights;
        Error = error;
    }

    /// <summary>The factor of each stored average; they add up to 1. Some are negative, and those that do not matter are 0.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>
    /// How far the sum's profile is from the one asked for: the root of the integral of the squared difference, relative to that of the
    /// squared profile. About 1e-7 is as small as it can be told from 0.
    /// </summary>
    public double Error { get; }

    /// <summary>Finds the weights.</summary>
    /// <param name="stored">The averages there are, in any order, at least one.</param>
    /// <param name="target">The average that is wanted.</param>
    /// <returns>The nearest sum.</returns>
    /// <exception cref="ArgumentException">Nothing is stored.</exception>
    public static EmaMixture Of(IReadOnlyList<PowerProfile> stored, PowerProfile target)
    {
        if (stored.Count == 0)
        {
            throw new ArgumentException("there is no stored average", nameof(stored));
        }

        var weights = new double[stored.Count];
        if (IndexOf(stored, target) is >= 0 and var same)
        {
            weights[same] = 1;
            return new EmaMixture(weights, 0);
        }

        // In units of the profiles' own norms the matrix has a diagonal of ones.
        var norms = stored.Select(p => Math.Sqrt(PowerEma.Correlation(p, p))).ToArray();
        var norm = Math.Sqrt(PowerEma.Correlation(target, target));
        var matrix = new double[stored.Count, stored.Count];
        var wanted = new double[stored.Count];
        var sizes = new double[stored.Count];
        for (var i = 0; i < stored.Count; i++)
        {
            wanted[i] = PowerEma.Correlation(stored[i], target) / (norms[i] * norm);
            sizes[i] = norm / norms[i];
            for (var j = 0; j < stored.Count; j++)
            {
                matrix[i, j] = PowerEma.Correlation(stored[i], stored[j]) / (norms[i] * norms[j]);
            }
        }

        var factor = Cholesky.Of(matrix, Ridge);
        var free = factor.Solve(wanted);
        var shift = factor.Solve(sizes);
        var missing = (1 - Dot(sizes, free)) / Dot(sizes, shift);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = sizes[i] * (free[i] + missing * shift[i]);
        }

        Trim(weights);
        return new EmaMixture(weights, Distance(matrix, wanted, [.. weights.Zip(sizes, (w, s) => w / s)]));
    }

    private static int IndexOf(IReadOnlyList<PowerProfile> stored, PowerProfile target)
    {
        var index = stored.Count - 1;
        while (index >= 0 && stored[index] != target)
        {
            index--;
        }

        return index;
    }

    // A file whose weight is lost in rounding need not be read.
    private static void Trim(double[] weights)
    {
        var least = Negligible * weights.Max(Math.Abs);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Abs(weights[i]) < least ? 0 : weights[i];
        }

        var sum = weights.Sum();
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] /= sum;
        }
    }

    private static double Distance(double[,] matrix, double[] wanted, double[] x)
    {
        var square = 1 - 2 * Dot(wanted, x);
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < x.Length; j++)
            {
                square += x[i] * matrix[i, j] * x[j];
            }
        }

        return Math.Sqrt(Math.Max(square, 0));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
