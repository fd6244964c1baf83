namespace IlgpuEdm.Diffusion;

/// <summary>"Variance exploding": sigma(t) = sqrt(t), as heat spreads (Song et al. 2021; Karras et al. 2022, table 1).</summary>
public sealed record VeSchedule : NoiseSchedule
{
    /// <inheritdoc/>
    public override double Sigma(double t) => Math.Sqrt(t);

    /// <inheritdoc/>
    public override double SigmaDerivative(double t) => 0.5 / Math.Sqrt(t);

    /// <inheritdoc/>
    public override double Time(double sigma) => sigma * sigma;
}
