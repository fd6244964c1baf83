using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Which noise levels a sampler visits, by name (Karras et al. 2022, table 1 and equation 5). All give sigma_0 &gt; … &gt;
/// sigma_{N-1} &gt; sigma_N = 0 for N steps; a schedule turns them to times.
/// </summary>
public static class Discretization
{
    /// <summary>The names: <c>vp</c>, <c>ve</c>, <c>iddpm</c>, <c>edm</c>, <c>linear</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["vp", "ve", "iddpm", "edm", "linear"];

    /// <summary>The range of noise levels that a discretisation was made for.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>sigma_min and sigma_max.</returns>
    /// <exception cref="EdmException">The name is not known.</exception>
    public static (double SigmaMin, double SigmaMax) DefaultRange(string name)
    {
        OptionRange.OneOf("--discretization", name, Names);
        return name switch
        {
            "vp" => (new VpSchedule().Sigma(VpSchedule.EpsilonS), new VpSchedule().Sigma(1)),
            "ve" => (0.02, 100),
            "iddpm" => (0.002, 81),
            _ => (0.002, 80),
        };
    }

    /// <summary>Computes the noise levels.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="steps">N, the number of sampler steps; 1 gives two levels, the highest and 0.</param>
    /// <param name="sigmaMin">sigma_min, the last level above 0.</param>
    /// <param name="sigmaMax">sigma_max, the level that sampling starts from.</param>
    /// <param name="rho">rho of <c>edm</c>; the others have none.</param>
    /// <returns>sigma_0 to sigma_N = 0, <c>[steps + 1]</c>, strictly decreasing.</returns>
    /// <exception cref="EdmException">A value is out of range; the message names its option.</exception>
    public static double[] Create(string name, int steps, double sigmaMin, double sigmaMax, double rho = 7)
    {
        OptionRange.OneOf("--discretization", name, Names);
        return name switch
        {
            "vp" => VpTimeSteps.Create(steps, sigmaMin, sigmaMax),
            "ve" => VeTimeSteps.Create(steps, sigmaMin, sigmaMax),
            "iddpm" => IddpmTimeSteps.Create(steps, sigmaMin, sigmaMax),
            "edm" => EdmTimeSteps.Create(steps, sigmaMin, sigmaMax, rho),
            _ => LinearTimeSteps.Create(steps, sigmaMin, sigmaMax),
        };
    }

    /// <summary>What all of them refuse.</summary>
    internal static void Check(int steps, double sigmaMin, double sigmaMax)
    {
        OptionRange.AtLeast("--steps", steps, 1);
        OptionRange.Positive("--sigma-min", sigmaMin);
        OptionRange.Positive("--sigma-max", sigmaMax);
        OptionRange.Above("--sigma-max", sigmaMax, "--sigma-min", sigmaMin);
    }

    /// <summary>sigma_i = level(i / (N - 1)) for i below N, and sigma_N = 0; refuses levels that do not fall.</summary>
    internal static double[] Levels(int steps, Func<double, double> level)
    {
        var sigma = new double[steps + 1];
        for (int i = 0; i < steps; i++)
        {
            sigma[i] = level(steps == 1 ? 0 : i / (steps - 1.0));
        }

        // Infinite or no numbers at all compare as not decreasing.
        for (int i = 0; i < steps; i++)
        {
            if (!(sigma[i] > sigma[i + 1]) || !double.IsFinite(sigma[i]))
            {
                throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                    $"--steps {steps} gives noise levels that float64 cannot tell apart; use fewer"));
            }
        }

        return sigma;
    }
}
