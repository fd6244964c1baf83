namespace IlgpuEdm.Diffusion;

/// <summary>EDM's noise levels: <c>ln sigma ~ N(pMean, pStd^2)</c>, most where there is most to learn (Karras et al. 2022, section 5).</summary>
public sealed record LogNormalLevels : NoiseLevels
{
    /// <summary>Mean of ln sigma.</summary>
    public double PMean { get; init; } = -1.2;

    /// <summary>Standard deviation of ln sigma.</summary>
    public double PStd { get; init; } = 1.2;

    /// <summary>sigma of a standard normal draw: <c>exp(pMean + pStd * normal)</c>.</summary>
    /// <param name="normal">The draw.</param>
    /// <returns>The noise level.</returns>
    public double FromNormal(double normal) => Math.Exp(PMean + PStd * normal);

    /// <inheritdoc/>
    public override double FromUniform(double u) => FromNormal(NormalDistribution.InverseCdf(u));

    /// <inheritdoc/>
    public override void Validate()
    {
        OptionRange.Finite("--p-mean", PMean);
        OptionRange.NotNegative("--p-std", PStd);
    }

    private protected override double DrawOne(ulong seed, ulong image) =>
        FromNormal(HostRandom.Normal(seed, RandomPurpose.TrainingSigma, image, 0));
}
