namespace IlgpuEdm.Diffusion;

/// <summary>
/// The variance-preserving model of Song et al. (DDPM++): the network predicts the noise, negated by c_out, and is told the time t of the
/// VP process (Karras et al. 2022, table 1, column VP).
/// </summary>
public sealed record VpPreconditioner : Preconditioner
{
    /// <summary>The process.</summary>
    public VpProcess Process { get; init; } = new();

    /// <summary>Steps that the time was cut into in training, M.</summary>
    public double M { get; init; } = 1000;

    /// <summary>The earliest time trained at, epsilon_t.</summary>
    public double EpsilonT { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override string Name => "vp";

    /// <summary>sigma at the earliest time.</summary>
    public override double SigmaMin => Process.Sigma(EpsilonT);

    /// <summary>sigma at time 1.</summary>
    public override double SigmaMax => Process.Sigma(1);

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => 1;

    /// <summary><c>-sigma</c>.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => -sigma;

    /// <summary><c>1 / sqrt(sigma^2 + 1)</c>.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1 / Math.Sqrt(sigma * sigma + 1);

    /// <summary>
    /// <c>(M - 1) t(sigma)</c>, rounded to float32 at each step as the reference has it: below sigma = 0.1 the rounding of
    /// <c>1 + sigma^2</c> shows in the result, and networks were trained with it.
    /// </summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma)
    {
        float s = (float)sigma, betaMin = (float)Process.BetaMin, betaD = (float)Process.BetaD;
        var exponent = MathF.Log(1f + s * s);
        var root = MathF.Sqrt((float)(Process.BetaMin * Process.BetaMin) + (float)(2 * Process.BetaD) * exponent);
        return (float)(M - 1) * ((root - betaMin) / betaD);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        Process.Validate();
        OptionRange.Positive("the VP model's M", M);
        OptionRange.Positive("the VP model's epsilon_t", EpsilonT);
    }
}

/// <summary>The noise level of the variance-preserving process: <c>sigma(t) = sqrt(exp(betaD t^2 / 2 + betaMin t) - 1)</c>.</summary>
public sealed record VpProcess
{
    /// <summary>Growth of beta, beta_d.</summary>
    public double BetaD { get; init; } = 19.9;

    /// <summary>beta at time 0, beta_min.</summary>
    public double BetaMin { get; init; } = 0.1;

    /// <summary>sigma(t).</summary>
    /// <param name="t">Time, 0 to 1.</param>
    /// <returns>The noise level.</returns>
    public double Sigma(double t) => Math.Sqrt(Math.Exp(0.5 * BetaD * t * t + BetaMin * t) - 1);

    /// <summary>The inverse: <c>t = (sqrt(betaMin^2 + 2 betaD ln(1 + sigma^2)) - betaMin) / betaD</c>.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>The time.</returns>
    public double Time(double sigma) =>
        (Math.Sqrt(BetaMin * BetaMin + 2 * BetaD * Math.Log(1 + sigma * sigma)) - BetaMin) / BetaD;

    /// <summary>Checks the constants.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public void Validate()
    {
        OptionRange.Positive("the VP process's beta_d", BetaD);
        OptionRange.NotNegative("the VP process's beta_min", BetaMin);
    }
}
