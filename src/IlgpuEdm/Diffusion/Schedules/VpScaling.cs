namespace IlgpuEdm.Diffusion;

/// <summary>
/// s(t) = 1 / sqrt(1 + sigma(t)^2): data of variance 1 keeps a variance of 1 under any noise, hence "variance preserving"
/// (Karras et al. 2022, table 1). Its derivative is s' = -sigma sigma' s^3.
/// </summary>
/// <param name="Schedule">sigma(t), of any kind.</param>
public sealed record VpScaling(NoiseSchedule Schedule) : SignalScaling
{
    /// <inheritdoc/>
    public override double Scale(double t)
    {
        double sigma = Schedule.Sigma(t);
        return 1 / Math.Sqrt(1 + sigma * sigma);
    }

    /// <inheritdoc/>
    public override double ScaleDerivative(double t)
    {
        double s = Scale(t);
        return -Schedule.Sigma(t) * Schedule.SigmaDerivative(t) * s * s * s;
    }
}
