namespace IlgpuEdm.Diffusion;

/// <summary>
/// Noise levels uniform between 0 and a maximum, for teaching: nearly all of training goes to levels at which an image is lost in noise.
/// </summary>
public sealed record UniformLevels : NoiseLevels
{
    /// <summary>The highest level.</summary>
    public double SigmaMax { get; init; } = 80;

    /// <inheritdoc/>
    public override double FromUniform(double u) => SigmaMax * u;

    /// <inheritdoc/>
    public override void Validate() => OptionRange.Positive("the uniform loss's highest sigma", SigmaMax);
}
