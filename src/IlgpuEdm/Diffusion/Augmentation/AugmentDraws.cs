namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>Where the random numbers of one image's augmentation come from.</summary>
public interface IAugmentDraws
{
    /// <summary>A whole number, each equally likely.</summary>
    /// <param name="draw">Which.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>From 0 to <paramref name="count"/> - 1.</returns>
    int Integer(AugmentDraw draw, int count);

    /// <summary>A number uniform in (0, 1).</summary>
    /// <param name="draw">Which.</param>
    /// <returns>The number.</returns>
    double Uniform(AugmentDraw draw);

    /// <summary>A standard normal.</summary>
    /// <param name="draw">Which.</param>
    /// <returns>The number.</returns>
    double Normal(AugmentDraw draw);
}

/// <summary>
/// The draws of training: functions of the run's seed and the image's number alone, so that batch and micro-batch do not matter.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="image">The image's number, counted from the start of training.</param>
public sealed class SeededAugmentDraws(ulong seed, ulong image) : IAugmentDraws
{
    /// <inheritdoc/>
    public int Integer(AugmentDraw draw, int count) => (int)(Uniform(draw) * count);

    /// <inheritdoc/>
    public double Uniform(AugmentDraw draw) => HostRandom.Uniform(seed, RandomPurpose.Augmentation, image, (uint)draw);

    /// <inheritdoc/>
    public double Normal(AugmentDraw draw) => HostRandom.Normal(seed, RandomPurpose.Augmentation, image, (uint)draw);
}
