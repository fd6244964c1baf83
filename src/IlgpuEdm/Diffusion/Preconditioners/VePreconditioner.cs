using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The variance-exploding model of Song et al. (NCSN++): the network sees the noisy image unscaled and predicts the noise, negated (Karras et
/// al. 2022, table 1, column VE).
/// </summary>
public sealed record VePreconditioner : Preconditioner
{
    /// <summary>The lowest noise level trained at.</summary>
    public double LowestSigma { get; init; } = 0.02;

    /// <summary>The highest noise level trained at.</summary>
    public double HighestSigma { get; init; } = 100;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "ve";

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => LowestSigma;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => HighestSigma;

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => 1;

    /// <summary><c>sigma</c>.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => sigma;

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1;

    /// <summary><c>ln(sigma / 2)</c>.</summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma) => Math.Log(0.5 * sigma);

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma) =>
        new(sigma.Graph.Scalar(1f), sigma, sigma.Graph.Scalar(1f), (sigma * 0.5f).Log());

    /// <inheritdoc/>
    public override void Validate()
    {
        OptionRange.Positive("the VE model's lowest sigma", LowestSigma);
        OptionRange.Above("the VE model's highest sigma", HighestSigma, "its lowest", LowestSigma);
    }
}
