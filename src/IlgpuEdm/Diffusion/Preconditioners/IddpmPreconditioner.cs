using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The model of Nichol and Dhariwal (iDDPM), also that of ADM's published weights: the network predicts the noise, negated by c_out, and
/// is told the index of one of M noise levels u_j. Its second half of outputs, the learned variance, is not used (Karras et al. 2022,
/// table 1, column iDDPM).
/// </summary>
public sealed record IddpmPreconditioner : Preconditioner
{
    private double[]? _u;

    /// <summary>C_1, the least ratio of successive alphas.</summary>
    public double C1 { get; init; } = 0.001;

    /// <summary>C_2, the shift of the cosine.</summary>
    public double C2 { get; init; } = 0.008;

    /// <summary>Noise levels, M.</summary>
    public int M { get; init; } = 1000;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "iddpm";

    /// <summary>The last noise level above 0, u_(M-1).</summary>
    [JsonIgnore]
    public override double SigmaMin => U[M - 1];

    /// <summary>The first noise level, u_0.</summary>
    [JsonIgnore]
    public override double SigmaMax => U[0];

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputsPerChannel => 2;

    private double[] U => _u ??= IddpmTable.Create(M, C1, C2);

    /// <summary>1.</summary>
    /// <inheritdoc/>
    public override double CSkip(double sigma) => 1;

    /// <summary><c>-sigma</c>.</summary>
    /// <inheritdoc/>
    public override double COut(double sigma) => -sigma;

    /// <summary><c>1 / sqrt(sigma^2 + 1)</c>.</summary>
    /// <inheritdoc/>
    public override double CIn(double sigma) => 1 / Math.Sqrt(sigma * sigma + 1);

    /// <summary><c>M - 1 - j</c> with u_j the level nearest to sigma.</summary>
    /// <inheritdoc/>
    public override double CNoise(double sigma) => M - 1 - IddpmTable.Nearest(U, sigma);

    /// <inheritdoc/>
    public override double RoundSigma(double sigma) => U[IddpmTable.Nearest(U, sigma)];

    /// <inheritdoc/>
    internal override OnnxCoefficients Export(OnnxValue sigma)
    {
        var graph = sigma.Graph;
        var levels = graph.Constant("noise_levels", Array.ConvertAll(U, level => (float)level), U.Length);
        var nearest = (levels - sigma).Abs().IndexOfLeast();
        return new OnnxCoefficients(graph.Scalar(1f), -sigma, 1f / (sigma * sigma + 1f).Sqrt(), graph.Scalar(M - 1) - nearest);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        OptionRange.Positive("the iDDPM model's C_1", C1);
        OptionRange.Positive("the iDDPM model's C_2", C2);
        OptionRange.AtLeast("the iDDPM model's M", M, 2);
    }

    /// <summary>Equality by the constants, whether the table was made or not.</summary>
    /// <param name="other">Another model.</param>
    /// <returns>Whether they are the same.</returns>
    public bool Equals(IddpmPreconditioner? other) => other != null && (C1, C2, M) == (other.C1, other.C2, other.M);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(C1, C2, M);
}
