namespace IlgpuEdm.Diffusion;

/// <summary>
/// The VP model's noise levels: <c>sigma(t)</c> of the variance-preserving process at <c>t = 1 + u (epsilonT - 1)</c>, uniform over time
/// (Karras et al. 2022, table 1).
/// </summary>
public sealed record VpLevels : NoiseLevels
{
    /// <summary>The noise schedule of the process.</summary>
    public VpSchedule Schedule { get; init; } = new();

    /// <summary>The earliest time, epsilon_t.</summary>
    public double EpsilonT { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override double FromUniform(double u) => Schedule.Sigma(1 + u * (EpsilonT - 1));

    /// <inheritdoc/>
    public override void Validate()
    {
        Schedule.ValidateConstants();
        OptionRange.Positive("the VP loss's epsilon_t", EpsilonT);
    }
}
