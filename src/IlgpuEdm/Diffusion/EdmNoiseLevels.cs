namespace IlgpuEdm.Diffusion;

/// <summary>
/// The noise levels that training sees, and how much each counts (Karras et al. 2022, "Elucidating the design space of
/// diffusion-based generative models", table 1 and section 5): ln sigma ~ N(P_mean, P_std^2).
/// </summary>
public static class EdmNoiseLevels
{
    private const int SizeShift = 40;

    /// <summary>Draws the noise levels of a batch.</summary>
    /// <remarks>
    /// Plain draws depend on the image's number alone. Stratified draws cut the distribution into <paramref name="batchSize"/>
    /// parts of equal probability and give each image of the batch one of them, so that rare levels appear in every batch; they
    /// depend on the batch (its first image and size). Neither depends on how a batch is split into micro-batches: always ask for
    /// the whole batch.
    /// </remarks>
    /// <param name="firstImage">Number of the batch's first image, counted from the start of training.</param>
    /// <param name="batchSize">Images in the whole batch.</param>
    /// <param name="pMean">Mean of ln sigma.</param>
    /// <param name="pStd">Standard deviation of ln sigma.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stratified">Whether to spread the levels evenly across the batch.</param>
    /// <returns>sigma of each image of the batch, [batchSize].</returns>
    /// <exception cref="EdmException">P_std is negative, or one of the two is not a number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first image is negative or the batch empty.</exception>
    public static double[] Draw(long firstImage, int batchSize, double pMean, double pStd, ulong seed, bool stratified)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        OptionRange.Finite("--p-mean", pMean);
        OptionRange.NotNegative("--p-std", pStd);

        int[]? strata = stratified ? Strata(firstImage, batchSize, seed) : null;
        var sigma = new double[batchSize];
        for (int i = 0; i < batchSize; i++)
        {
            ulong image = (ulong)(firstImage + i);
            double normal = strata is null
                ? HostRandom.Normal(seed, RandomPurpose.TrainingSigma, image, 0)
                : NormalDistribution.InverseCdf(
                    (strata[i] + HostRandom.Uniform(seed, RandomPurpose.TrainingSigma, image, 0)) / batchSize);
            sigma[i] = FromNormal(normal, pMean, pStd);
        }

        return sigma;
    }

    /// <summary>sigma of a standard normal draw: exp(P_mean + P_std * normal).</summary>
    /// <param name="normal">The draw.</param>
    /// <param name="pMean">Mean of ln sigma.</param>
    /// <param name="pStd">Standard deviation of ln sigma.</param>
    /// <returns>The noise level.</returns>
    public static double FromNormal(double normal, double pMean, double pStd) => Math.Exp(pMean + pStd * normal);

    /// <summary>The loss weight lambda(sigma) = (sigma^2 + sigma_data^2) / (sigma sigma_data)^2, which is 1 / c_out^2.</summary>
    /// <param name="sigma">The noise level, above 0.</param>
    /// <param name="sigmaData">Standard deviation of the data on the [-1, 1] scale.</param>
    /// <returns>The weight of the squared error.</returns>
    public static double EdmLossWeight(double sigma, double sigmaData)
    {
        double product = sigma * sigmaData;
        return (sigma * sigma + sigmaData * sigmaData) / (product * product);
    }

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
