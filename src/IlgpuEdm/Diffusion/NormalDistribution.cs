namespace IlgpuEdm.Diffusion;

/// <summary>The standard normal distribution in float64.</summary>
public static class NormalDistribution
{
    private const double SeriesBelow = 3;
    private const int FractionTerms = 60;

    /// <summary>The cumulative distribution function: the probability of a value of at most <paramref name="x"/>.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The probability; small ones keep their relative accuracy (about 1e-13).</returns>
    public static double Cdf(double x) => x < 0 ? UpperTail(-x) : 1 - UpperTail(x);

    /// <summary>
    /// The inverse of <see cref="Cdf"/>, to about 1e-14: a rational first guess (Abramowitz and Stegun, 26.2.23, error 5e-4)
    /// and two steps of Halley's method, each of which triples the digits.
    /// </summary>
    /// <param name="p">A probability in (0, 1).</param>
    /// <returns>The value that a standard normal number stays below with this probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not strictly between 0 and 1.</exception>
    public static double InverseCdf(double p)
    {
        if (!(p > 0 && p < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability must lie strictly between 0 and 1.");
        }

        double q = Math.Min(p, 1 - p);
        double s = Math.Sqrt(-2 * Math.Log(q));
        double t = s - (2.515517 + s * (0.802853 + s * 0.010328)) / (1 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
        for (int i = 0; i < 2; i++)
        {
            double newton = (UpperTail(t) - q) / Density(t);
            t += newton / (1 - t * newton / 2);
        }

        return p < 0.5 ? -t : t;
    }

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static double UpperTail(double t)
    {
        if (t < SeriesBelow)
        {
            // The integral from 0 to t is density * (t + t^3/3 + t^5/(3*5) + ...): every term positive, so nothing cancels inside.
            double term = t;
            double sum = t;
            for (int n = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); n += 2)
            {
                term *= t * t / n;
                sum += term;
            }

            return 0.5 - Density(t) * sum;
        }

        // Laplace's continued fraction: density / (t + 1/(t + 2/(t + 3/...))).
        double fraction = t;
        for (int n = FractionTerms; n > 0; n--)
        {
            fraction = t + n / fraction;
        }

        return Density(t) / fraction;
    }
}
