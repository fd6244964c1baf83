using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The time steps of EDM (Karras et al. 2022, equation 5), dense where the noise is low:
/// t_i = (sigma_max^(1/rho) + i/(N-1) (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho for i below N, and t_N = 0.
/// </summary>
public static class EdmTimeSteps
{
    /// <summary>Computes the time steps.</summary>
    /// <param name="steps">N, the number of sampler steps; 1 gives [sigma_max, 0].</param>
    /// <param name="sigmaMin">sigma_min, the last level above 0.</param>
    /// <param name="sigmaMax">sigma_max, the level that sampling starts from.</param>
    /// <param name="rho">rho; the higher, the more steps lie near sigma_min.</param>
    /// <returns>t_0 = sigma_max to t_N = 0, [steps + 1], strictly decreasing.</returns>
    /// <exception cref="EdmException">A value is out of range; the message names its option.</exception>
    public static double[] Create(int steps, double sigmaMin, double sigmaMax, double rho)
    {
        Discretization.Check(steps, sigmaMin, sigmaMax);
        OptionRange.Positive("--rho", rho);
        if (steps == 1)
        {
            return [sigmaMax, 0];
        }

        double first = Math.Pow(sigmaMax, 1 / rho);
        double last = Math.Pow(sigmaMin, 1 / rho);
        var t = new double[steps + 1];
        for (int i = 0; i < steps; i++)
        {
            t[i] = Math.Pow(first + i / (steps - 1.0) * (last - first), rho);
        }

        // Infinite or no numbers at all compare as not decreasing.
        for (int i = 0; i < steps; i++)
        {
            if (!(t[i] > t[i + 1]) || !double.IsFinite(t[i]))
            {
                throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                    $"--rho {rho} with --steps {steps} gives noise levels that float64 cannot tell apart; "
                    + $"use a --rho near 7 or fewer --steps"));
            }
        }

        return t;
    }
}
