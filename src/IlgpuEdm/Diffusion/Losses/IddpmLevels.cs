namespace IlgpuEdm.Diffusion;

/// <summary>iDDPM's noise levels: one of <c>u_0 ... u_(M-1)</c>, each as likely (Karras et al. 2022, table 1).</summary>
public sealed record IddpmLevels : NoiseLevels
{
    private double[]? _u;

    /// <summary>C_1, the least ratio of successive alphas.</summary>
    public double C1 { get; init; } = 0.001;

    /// <summary>C_2, the shift of the cosine.</summary>
    public double C2 { get; init; } = 0.008;

    /// <summary>Noise levels, M.</summary>
    public int M { get; init; } = 1000;

    /// <inheritdoc/>
    public override double FromUniform(double u) => (_u ??= IddpmTable.Create(M, C1, C2))[Math.Min((int)(u * M), M - 1)];

    /// <inheritdoc/>
    public override void Validate()
    {
        OptionRange.Positive("the iDDPM loss's C_1", C1);
        OptionRange.Positive("the iDDPM loss's C_2", C2);
        OptionRange.AtLeast("the iDDPM loss's M", M, 2);
    }

    /// <summary>Equality by the constants, whether the table was made or not.</summary>
    /// <param name="other">Other levels.</param>
    /// <returns>Whether they are the same.</returns>
    public bool Equals(IddpmLevels? other) => other != null && (C1, C2, M) == (other.C1, other.C2, other.M);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(C1, C2, M);
}
