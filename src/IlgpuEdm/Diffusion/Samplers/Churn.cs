namespace IlgpuEdm.Diffusion;

/// <summary>How much fresh noise a stochastic sampler adds before each step (Karras et al. 2022, section 4 and algorithm 2).</summary>
/// <param name="SChurn">S_churn, the total amount, spread over the steps; 0 adds none.</param>
/// <param name="SMin">S_min, the lowest noise level at which noise is added.</param>
/// <param name="SMax">S_max, the highest; may be infinite.</param>
/// <param name="SNoise">
/// S_noise, the standard deviation of what is added; slightly above 1 makes up for a denoiser that removes too much.
/// </param>
public sealed record Churn(double SChurn, double SMin = 0, double SMax = double.PositiveInfinity, double SNoise = 1)
{
    /// <summary>No noise at all: the deterministic samplers.</summary>
    public static Churn None { get; } = new(0);

    /// <summary>
    /// gamma_i = min(S_churn / N, sqrt(2) - 1) where sigma lies from S_min to S_max, else 0: the step adds noise up to sigma (1 + gamma_i).
    /// </summary>
    /// <param name="sigma">The noise level at the start of the step.</param>
    /// <param name="steps">N, the number of steps.</param>
    /// <returns>gamma_i.</returns>
    public double Gamma(double sigma, int steps) =>
        sigma >= SMin && sigma <= SMax ? Math.Min(SChurn / steps, Math.Sqrt(2) - 1) : 0;
}
