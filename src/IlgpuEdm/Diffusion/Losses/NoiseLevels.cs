using System.Text.Json.Serialization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The noise levels that training sees: the row "noise distribution" of Karras et al. 2022, table 1. Files hold it as JSON, with the
/// distribution as <c>type</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LogNormalLevels), "log_normal")]
[JsonDerivedType(typeof(VpLevels), "vp")]
[JsonDerivedType(typeof(VeLevels), "ve")]
[JsonDerivedType(typeof(IddpmLevels), "iddpm")]
[JsonDerivedType(typeof(UniformLevels), "uniform")]
public abstract record NoiseLevels
{
    private const int SizeShift = 40;

    /// <summary>The quantile function: the level that a fraction <paramref name="u"/> of training lies below or, falling, above.</summary>
    /// <param name="u">A number between 0 and 1, ends excluded.</param>
    /// <returns>sigma.</returns>
    public abstract double FromUniform(double u);

    /// <summary>Draws the noise levels of a batch.</summary>
    /// <remarks>
    /// Plain draws depend on the image's number alone. Stratified draws cut the distribution into <paramref name="batchSize"/>
    /// parts of equal probability and give each image of the batch one of them, so that rare levels appear in every batch; they
    /// depend on the batch (its first image and size). Neither depends on how a batch is split into micro-batches: always ask for
    /// the whole batch.
    /// </remarks>
    /// <param name="firstImage">Number of the batch's first image, counted from the start of training.</param>
    /// <param name="batchSize">Images in the whole batch.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stratified">Whether to spread the levels evenly across the batch.</param>
    /// <returns>sigma of each image of the batch, [batchSize].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The first image is negative or the batch empty.</exception>
    public double[] Draw(long firstImage, int batchSize, ulong seed, bool stratified)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        int[]? strata = stratified ? Strata(firstImage, batchSize, seed) : null;
        var sigma = new double[batchSize];
        for (int i = 0; i < batchSize; i++)
        {
            ulong image = (ulong)(firstImage + i);
            sigma[i] = strata is null
                ? DrawOne(seed, image)
                : FromUniform((strata[i] + HostRandom.Uniform(seed, RandomPurpose.TrainingSigma, image, 0)) / batchSize);
        }

        return sigma;
    }

    /// <summary>Checks the constants.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public abstract void Validate();

    /// <summary>Draws the level of one image.</summary>
    private protected virtual double DrawOne(ulong seed, ulong image) =>
        FromUniform(HostRandom.Uniform(seed, RandomPurpose.TrainingSigma, image, 0));

    private static int[] Strata(long firstImage, int batchSize, ulong seed)
    {
        ulong batch = ((ulong)batchSize << SizeShift) ^ (ulong)firstImage;
        int[] strata = [.. Enumerable.Range(0, batchSize)];
        for (int i = batchSize - 1; i > 0; i--)
        {
            int j = (int)(HostRandom.Uniform(seed, RandomPurpose.SigmaStrata, batch, (uint)i) * (i + 1));
            (strata[i], strata[j]) = (strata[j], strata[i]);
        }

        return strata;
    }
}
