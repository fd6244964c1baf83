namespace IlgpuEdm.Diffusion;

/// <summary>
/// The VE model's noise levels, uniform in ln sigma: <c>sigma = sigmaMin (sigmaMax / sigmaMin)^u</c> (Karras et al. 2022, table 1).
/// </summary>
public sealed record VeLevels : NoiseLevels
{
    /// <summary>The lowest level.</summary>
    public double SigmaMin { get; init; } = 0.02;

    /// <summary>The highest level.</summary>
    public double SigmaMax { get; init; } = 100;

    /// <inheritdoc/>
    public override double FromUniform(double u) => SigmaMin * Math.Pow(SigmaMax / SigmaMin, u);

    /// <inheritdoc/>
    public override void Validate()
    {
        OptionRange.Positive("the VE loss's lowest sigma", SigmaMin);
        OptionRange.Above("the VE loss's highest sigma", SigmaMax, "its lowest", SigmaMin);
    }
}
