using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>
/// Averages of the weights whose profile is a power of training time (Karras et al. 2024, "Analyzing and Improving the Training Dynamics
/// of Diffusion Models", section 3.1 and appendix C): after T images the weights as they were after t images count with the density
/// <c>p(t) = (gamma + 1) t^gamma / T^(gamma + 1)</c>, <c>0 &lt; t &lt;= T</c>. An average so defined has the same shape at every T. Its
/// length is given by the standard deviation of t / T.
/// </summary>
public static class PowerEma
{
    /// <summary>The shortest average that is worth its name: some thousandths of the training.</summary>
    public const double SmallestDeviation = 0.001;

    /// <summary>The longest: about the plain mean of all weights, whose gamma is 0 and whose deviation is 1 / sqrt(12).</summary>
    public const double LargestDeviation = 0.288;

    internal static string Range { get; } = string.Create(CultureInfo.InvariantCulture, $"from {SmallestDeviation} to {LargestDeviation}");

    /// <summary>Whether a deviation is one that averages can have here.</summary>
    /// <param name="deviation">The standard deviation, relative to the training's length.</param>
    public static bool IsInRange(double deviation) => deviation is >= SmallestDeviation and <= LargestDeviation;

    /// <summary>
    /// The exponent of a profile: the largest root of <c>(gamma + 2)^2 (gamma + 3) = (gamma + 1) / deviation^2</c>.
    /// </summary>
    /// <param name="deviation">The standard deviation, from <see cref="SmallestDeviation"/> to <see cref="LargestDeviation"/>.</param>
    /// <returns>gamma, at least 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is out of range.</exception>
    public static double Gamma(double deviation)
    {
        if (!IsInRange(deviation))
        {
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, $"not {Range}");
        }

        // With u = gamma + 1 the cubic (u + 1)^2 (u + 2) - t u is positive at sqrt(t) and convex, so Newton's steps come down to the root.
        var t = 1 / (deviation * deviation);
        var u = Math.Sqrt(t);
        for (var last = double.PositiveInfinity; u < last;)
        {
            last = u;
            var value = (u + 1) * (u + 1) * (u + 2) - t * u;
            var slope = 2 * (u + 1) * (u + 2) + (u + 1) * (u + 1) - t;
            u -= value / slope;
        }

        return u - 1;
    }

    /// <summary>The standard deviation of a profile, relative to the training's length.</summary>
    /// <param name="gamma">The exponent, at least 0.</param>
    /// <returns><c>sqrt((gamma + 1) / (gamma + 3)) / (gamma + 2)</c>.</returns>
    public static double Deviation(double gamma) => Math.Sqrt((gamma + 1) / (gamma + 3)) / (gamma + 2);

    /// <summary>
    /// What the average gives up of itself in a step, 1 - beta, with <c>beta = (1 - batch / (images + batch))^(gamma + 1)</c>. So the
    /// weights after each step count with the integral of the profile over the step's images.
    /// </summary>
    /// <param name="images">Images seen before the step.</param>
    /// <param name="batch">Images of the step, at least 1.</param>
    /// <param name="gamma">The exponent.</param>
    /// <returns>A share above 0; 1 in the first step.</returns>
    public static double Rate(long images, int batch, double gamma) => 1 - Math.Pow(images / ((double)images + batch), gamma + 1);

    /// <summary>The inner product of two profiles, the integral of their product over time.</summary>
    /// <param name="a">One profile.</param>
    /// <param name="b">The other.</param>
    /// <returns><c>(gamma_a + 1) (gamma_b + 1) / (gamma_a + gamma_b + 1) (a / b)^gamma_b / b</c>, where a ends before b; above 0.</returns>
    public static double Correlation(PowerProfile a, PowerProfile b)
    {
        var (first, last) = a.Images <= b.Images ? (a, b) : (b, a);
        return (a.Gamma + 1) * (b.Gamma + 1) / (a.Gamma + b.Gamma + 1)
            * Math.Pow((double)first.Images / last.Images, last.Gamma) / last.Images;
    }
}

/// <summary>How an average weighs the past: its length and where in the training it ends.</summary>
/// <param name="Deviation">The standard deviation, relative to the images seen.</param>
/// <param name="Images">Images seen, at least 1.</param>
public readonly record struct PowerProfile(double Deviation, long Images)
{
    /// <summary>The exponent of the power of time.</summary>
    public double Gamma { get; } = PowerEma.Gamma(Deviation);
}
