using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Noise prediction, for teaching: the input is scaled to unit variance and the network predicts the noise in unit variance,
/// <c>D(x; sigma) = x - sigma F(c_in x; c_noise)</c>. Good at low noise, where its errors are scaled down; bad at high noise, where they are
/// scaled up.
/// </summary>
public sealed record NoisePreconditioner : Preconditioner
{
    /// <summary>Standard deviation of the data on the scale [-1, 1].</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "noise";

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => 1;

    /// <summary><c>-sigma</c>.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => -sigma;

    /// <summary><c>1 / sqrt(sigma^2 + sigmaData^2)</c>.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1 / Math.Sqrt(sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>ln(sigma) / 4</c>.</summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma) => Math.Log(sigma) / 4;

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma) => new(
        sigma.Graph.Scalar(1f), -sigma, 1f / (sigma * sigma + (float)(SigmaData * SigmaData)).Sqrt(), sigma.Log() / 4f);

    /// <inheritdoc/>
    public override void Validate() => OptionRange.Positive("--sigma-data", SigmaData);
}
