using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// "Variance preserving": sigma(t) = sqrt(e^(beta_d t^2 / 2 + beta_min t) - 1) for t in [eps_s, 1]
/// (Song et al. 2021; Karras et al. 2022, table 1).
/// </summary>
/// <param name="BetaD">beta_d, the rise of beta from t = 0 to 1.</param>
/// <param name="BetaMin">beta_min, beta at t = 0.</param>
public sealed record VpSchedule(double BetaD = VpSchedule.DefaultBetaD, double BetaMin = VpSchedule.DefaultBetaMin) : NoiseSchedule
{
    /// <summary>beta_d of the published networks.</summary>
    public const double DefaultBetaD = 19.9;

    /// <summary>beta_min of the published networks.</summary>
    public const double DefaultBetaMin = 0.1;

    /// <summary>eps_s, the time of the lowest noise level in sampling.</summary>
    public const double EpsilonS = 1e-3;

    /// <summary>The schedule whose noise levels are the given ones at t = eps_s and t = 1.</summary>
    /// <param name="sigmaMin">sigma(eps_s), above 0.</param>
    /// <param name="sigmaMax">sigma(1), above <paramref name="sigmaMin"/>.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="EdmException">A schedule through both would fall before t = 1.</exception>
    public static VpSchedule Between(double sigmaMin, double sigmaMax)
    {
        double low = Math.Log(sigmaMin * sigmaMin + 1);
        double high = Math.Log(sigmaMax * sigmaMax + 1);
        double betaD = 2 * (low / EpsilonS - high) / (EpsilonS - 1);
        double betaMin = high - 0.5 * betaD;
        return betaMin + betaD > 0 && double.IsFinite(betaD)
            ? new VpSchedule(betaD, betaMin)
            : throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"--sigma-min {sigmaMin} is too high for VP noise levels up to {sigmaMax}: lower --sigma-min, or raise --sigma-max"));
    }

    /// <summary>Checks the constants of a trained model's schedule.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public void ValidateConstants()
    {
        OptionRange.Positive("the VP schedule's beta_d", BetaD);
        OptionRange.NotNegative("the VP schedule's beta_min", BetaMin);
    }

    /// <inheritdoc/>
    public override double Sigma(double t) => Math.Sqrt(Math.Exp(0.5 * BetaD * t * t + BetaMin * t) - 1);

    /// <inheritdoc/>
    public override double SigmaDerivative(double t)
    {
        double sigma = Sigma(t);
        return 0.5 * (BetaMin + BetaD * t) * (sigma + 1 / sigma);
    }

    /// <inheritdoc/>
    /// <exception cref="EdmException">beta falls with time and never reaches the noise level.</exception>
    public override double Time(double sigma)
    {
        double t = (Math.Sqrt(BetaMin * BetaMin + 2 * BetaD * Math.Log(sigma * sigma + 1)) - BetaMin) / BetaD;
        return !double.IsNaN(t) ? t : throw new EdmException(string.Create(CultureInfo.InvariantCulture,
            $"--schedule vp never reaches noise level {sigma}; lower --sigma-min or --churn"));
    }
}
