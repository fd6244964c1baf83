namespace IlgpuEdm.Diffusion;

/// <summary>The schedule of EDM: sigma(t) = t, so that time is the noise level (Karras et al. 2022, table 1).</summary>
public sealed record LinearSchedule : NoiseSchedule
{
    /// <inheritdoc/>
    public override double Sigma(double t) => t;

    /// <inheritdoc/>
    public override double SigmaDerivative(double t) => 1;

    /// <inheritdoc/>
    public override double Time(double sigma) => sigma;
}
