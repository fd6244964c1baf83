using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The variance-preserving model of Song et al. (DDPM++): the network predicts the noise, negated by c_out, and is told the time t of the
/// VP process (Karras et al. 2022, table 1, column VP).
/// </summary>
public sealed record VpPreconditioner : Preconditioner
{
    /// <summary>The noise schedule of the process.</summary>
    public VpSchedule Schedule { get; init; } = new();

    /// <summary>Steps that the time was cut into in training, M.</summary>
    public double M { get; init; } = 1000;

    /// <summary>The earliest time trained at, epsilon_t.</summary>
    public double EpsilonT { get; init; } = 1e-5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "vp";

    /// <summary>sigma at the earliest time.</summary>
    [JsonIgnore]
    public override double SigmaMin => Schedule.Sigma(EpsilonT);

    /// <summary>sigma at time 1.</summary>
    [JsonIgnore]
    public override double SigmaMax => Schedule.Sigma(1);

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
        float s = (float)sigma, betaMin = (float)Schedule.BetaMin, betaD = (float)Schedule.BetaD;
        var exponent = MathF.Log(1f + s * s);
        var root = MathF.Sqrt((float)(Schedule.BetaMin * Schedule.BetaMin) + (float)(2 * Schedule.BetaD) * exponent);
        return (float)(M - 1) * ((root - betaMin) / betaD);
    }

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma)
    {
        // Rounded as CNoise rounds.
        var exponent = (sigma * sigma + 1f).Log();
        var root = (exponent * (float)(2 * Schedule.BetaD) + (float)(Schedule.BetaMin * Schedule.BetaMin)).Sqrt();
        var time = (root - (float)Schedule.BetaMin) / (float)Schedule.BetaD;
        return new OnnxCoefficients(sigma.Graph.Scalar(1f), -sigma, 1f / (sigma * sigma + 1f).Sqrt(), time * (float)(M - 1));
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        Schedule.ValidateConstants();
        OptionRange.Positive("the VP model's M", M);
        OptionRange.Positive("the VP model's epsilon_t", EpsilonT);
    }
}
