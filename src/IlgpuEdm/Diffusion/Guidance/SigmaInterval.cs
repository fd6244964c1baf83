using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Noise levels at which guidance acts (Kynkäänniemi et al. 2024, "Applying Guidance in a Limited Interval Improves Sample and
/// Distribution Quality in Diffusion Models"), ends included.
/// </summary>
public readonly record struct SigmaInterval
{
    /// <summary>Makes the interval.</summary>
    /// <param name="low">The lowest noise level, at least 0.</param>
    /// <param name="high">The highest, not below <paramref name="low"/>; may be infinite.</param>
    /// <exception cref="EdmException">The ends are out of order or no numbers.</exception>
    public SigmaInterval(double low, double high)
    {
        if (!(low >= 0 && low <= high) || double.IsInfinity(low))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"The guidance interval from {low} to {high} is none; give two noise levels of at least 0, the lower first."));
        }

        Low = low;
        High = high;
    }

    /// <summary>Every noise level.</summary>
    public static SigmaInterval All => new(0, double.PositiveInfinity);

    /// <summary>The lowest noise level that is guided.</summary>
    public double Low { get; }

    /// <summary>The highest noise level that is guided.</summary>
    public double High { get; }

    /// <summary>Whether a noise level is guided.</summary>
    /// <param name="sigma">The noise level.</param>
    /// <returns>Whether it lies in the interval.</returns>
    public bool Contains(double sigma) => sigma >= Low && sigma <= High;
}
