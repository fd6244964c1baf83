using System.Text.Json.Serialization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// How much the squared error at a noise level counts: the row "loss weighting" of Karras et al. 2022, table 1. Files hold it as JSON, with
/// the weighting as <c>type</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(EdmWeight), "edm")]
[JsonDerivedType(typeof(InverseVarianceWeight), "inverse_variance")]
[JsonDerivedType(typeof(SoftMinSnrWeight), "soft_min_snr")]
[JsonDerivedType(typeof(UnitWeight), "none")]
public abstract record LossWeight
{
    /// <summary>The weight, lambda(sigma).</summary>
    /// <param name="sigma">Noise level, above 0.</param>
    /// <returns>The factor of the squared error of D.</returns>
    public abstract double Of(double sigma);

    /// <summary>Checks the constants.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public virtual void Validate()
    {
    }
}

/// <summary>
/// EDM's weight, <c>(sigma^2 + sigmaData^2) / (sigma sigmaData)^2 = 1 / c_out^2</c>: every level starts with a loss of 1 (Karras et al.
/// 2022, section 5).
/// </summary>
public sealed record EdmWeight : LossWeight
{
    /// <summary>Standard deviation of the data on the scale [-1, 1].</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <inheritdoc/>
    public override double Of(double sigma)
    {
        double product = sigma * SigmaData;
        return (sigma * sigma + SigmaData * SigmaData) / (product * product);
    }

    /// <inheritdoc/>
    public override void Validate() => OptionRange.Positive("--sigma-data", SigmaData);
}

/// <summary>The weight of VP, VE and iDDPM, <c>1 / sigma^2</c>: squared errors of the predicted noise (Karras et al. 2022, table 1).</summary>
public sealed record InverseVarianceWeight : LossWeight
{
    /// <inheritdoc/>
    public override double Of(double sigma) => 1 / (sigma * sigma);
}

/// <summary>
/// Soft min-SNR, <c>1 / (sigma^2 + sigmaData^2)</c>: the signal-to-noise ratio, smoothly capped at low noise (Crowson et al. 2024,
/// "Scalable high-resolution pixel-space image synthesis with hourglass diffusion transformers", after Hang et al. 2023).
/// </summary>
public sealed record SoftMinSnrWeight : LossWeight
{
    /// <summary>Standard deviation of the data on the scale [-1, 1].</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <inheritdoc/>
    public override double Of(double sigma) => 1 / (sigma * sigma + SigmaData * SigmaData);

    /// <inheritdoc/>
    public override void Validate() => OptionRange.Positive("--sigma-data", SigmaData);
}

/// <summary>No weighting, for teaching: high noise levels drown out all others.</summary>
public sealed record UnitWeight : LossWeight
{
    /// <inheritdoc/>
    public override double Of(double sigma) => 1;
}
