using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// No preconditioning at all, for teaching: the network is the denoiser, <c>D(x; sigma) = F(x; c_noise)</c>. Its inputs range from below 1 to
/// beyond 100, and at low noise it must learn to copy; train it with unweighted squares to see the straw man.
/// </summary>
public sealed record PlainPreconditioner : Preconditioner
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "plain";

    /// <summary>0.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => 0;

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => 1;

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1;

    /// <summary><c>ln(sigma) / 4</c>, as EDM's, so that nothing but the scales differs.</summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma) => Math.Log(sigma) / 4;

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma) =>
        new(sigma.Graph.Scalar(0f), sigma.Graph.Scalar(1f), sigma.Graph.Scalar(1f), sigma.Log() / 4f);
}
