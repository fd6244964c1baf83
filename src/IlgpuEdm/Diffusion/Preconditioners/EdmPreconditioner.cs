using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// EDM preconditioning: input and target of the network have unit variance at every noise level, and its errors are amplified as little as
/// possible (Karras et al. 2022, table 1 and appendix B.6).
/// </summary>
public sealed record EdmPreconditioner : Preconditioner
{
    /// <summary>Standard deviation of the data on the scale [-1, 1].</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "edm";

    /// <summary><c>sigmaData^2 / (sigma^2 + sigmaData^2)</c>.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => SigmaData * SigmaData / (sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>sigma sigmaData / sqrt(sigma^2 + sigmaData^2)</c>.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => sigma * SigmaData / Math.Sqrt(sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>1 / sqrt(sigma^2 + sigmaData^2)</c>.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1 / Math.Sqrt(sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>ln(sigma) / 4</c>.</summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma) => Math.Log(sigma) / 4;

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma)
    {
        var variance = (float)(SigmaData * SigmaData);
        var total = sigma * sigma + variance;
        return new OnnxCoefficients(variance / total, sigma * (float)SigmaData / total.Sqrt(), 1f / total.Sqrt(), sigma.Log() / 4f);
    }

    /// <inheritdoc/>
    public override void Validate() => OptionRange.Positive("--sigma-data", SigmaData);
}
