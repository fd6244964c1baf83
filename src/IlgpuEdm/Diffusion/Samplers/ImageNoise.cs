namespace IlgpuEdm.Diffusion;

/// <summary>Noise that an image's seed alone decides, so that its neighbours in a batch change nothing.</summary>
public static class ImageNoise
{
    /// <summary>The noise of a batch of images: for each image, its seed's numbers, whatever its place.</summary>
    /// <param name="seeds">One seed an image.</param>
    /// <param name="imageSize">Values of an image.</param>
    /// <returns>The source; it serves states of <c>seeds.Count * imageSize</c> values.</returns>
    public static NoiseSource FromSeeds(IReadOnlyList<ulong> seeds, int imageSize) => (draw, length) =>
    {
        if (length != seeds.Count * imageSize)
        {
            throw new ArgumentException($"{length} values are not {seeds.Count} images of {imageSize}", nameof(length));
        }

        var noise = new double[length];
        for (int i = 0; i < seeds.Count; i++)
        {
            HostRandom.FillNormal(seeds[i], RandomPurpose.SamplerNoise, (ulong)draw, noise.AsSpan(i * imageSize, imageSize));
        }

        return noise;
    };
}
