using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// How exactly <see cref="AdaptiveOde"/> solves the probability flow ODE. Tolerances are those of the state scaled to about unit
/// variance, x / sqrt(sigmaData^2 + sigma^2): a step is taken where the root mean square of
/// error / (AbsoluteTolerance + RelativeTolerance |state|) is at most 1.
/// </summary>
public sealed record AdaptiveOdeOptions
{
    /// <summary>The lowest noise level that the ODE is solved at, above 0; a last denoising step goes on to 0.</summary>
    public double SigmaMin { get; init; } = 0.002;

    /// <summary>The highest noise level, above <see cref="SigmaMin"/>.</summary>
    public double SigmaMax { get; init; } = 80;

    /// <summary>rtol, the error of a step relative to the state, at least 0.</summary>
    public double RelativeTolerance { get; init; } = 1e-4;

    /// <summary>atol, the error of a step next to 0, above 0. A network in float32 cannot follow much below 1e-6.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-4;

    /// <summary>How often the denoiser may be called for one image before the solver gives up.</summary>
    public int MaxEvaluations { get; init; } = 2000;

    /// <summary>The standard deviation of the data, above 0: it scales the state and changes the cost, not what is solved.</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <summary>Checks every option.</summary>
    /// <exception cref="EdmException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRange.Positive("--sigma-min", SigmaMin);
        OptionRange.Positive("--sigma-max", SigmaMax);
        OptionRange.Above("--sigma-max", SigmaMax, "--sigma-min", SigmaMin);
        OptionRange.NotNegative("--rtol", RelativeTolerance);
        OptionRange.Positive("--atol", AbsoluteTolerance);
        OptionRange.AtLeast("--max-evaluations", MaxEvaluations, 8);
        OptionRange.Positive("--sigma-data", SigmaData);
    }

    internal EdmException NotConverged(double sigma, string why) => new(string.Create(CultureInfo.InvariantCulture,
        $"The adaptive solver {why} at sigma {sigma} of {SigmaMin} to {SigmaMax}; "
        + $"raise --rtol ({RelativeTolerance}) and --atol ({AbsoluteTolerance}), or --max-evaluations ({MaxEvaluations})."));
}
