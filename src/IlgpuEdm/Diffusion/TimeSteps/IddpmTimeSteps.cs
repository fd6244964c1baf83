using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The time steps of improved DDPM (Karras et al. 2022, table 1): of the K levels of its table that lie in [sigma_min, sigma_max],
/// N evenly spaced ones, number round(i (K-1)/(N-1)) for i below N, and 0.
/// </summary>
public static class IddpmTimeSteps
{
    /// <summary>Computes the noise levels.</summary>
    /// <param name="steps">N, the number of sampler steps, at most K; 1 gives the highest level and 0.</param>
    /// <param name="sigmaMin">sigma_min, what the last level above 0 is not below.</param>
    /// <param name="sigmaMax">sigma_max, what the first level is not above.</param>
    /// <param name="m">M of <see cref="IddpmTable"/>.</param>
    /// <param name="c1">C_1 of <see cref="IddpmTable"/>.</param>
    /// <param name="c2">C_2 of <see cref="IddpmTable"/>.</param>
    /// <returns>sigma_0 to sigma_N = 0, <c>[steps + 1]</c>, strictly decreasing.</returns>
    /// <exception cref="EdmException">A value is out of range; the message names its option.</exception>
    public static double[] Create(int steps, double sigmaMin, double sigmaMax, int m = IddpmTable.DefaultM,
        double c1 = IddpmTable.DefaultC1, double c2 = IddpmTable.DefaultC2)
    {
        Discretization.Check(steps, sigmaMin, sigmaMax);
        double[] u = Array.FindAll(IddpmTable.Create(m, c1, c2, singlePrecision: false), level => level >= sigmaMin && level <= sigmaMax);
        if (steps > u.Length)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"--steps {steps} is more than the {u.Length} levels of iddpm from {sigmaMin} to {sigmaMax}; use fewer"));
        }

        var sigma = new double[steps + 1];
        double stride = steps == 1 ? 0 : (u.Length - 1) / (steps - 1.0);
        for (int i = 0; i < steps; i++)
        {
            sigma[i] = u[(int)Math.Round(stride * i, MidpointRounding.ToEven)];
        }

        return sigma;
    }
}
