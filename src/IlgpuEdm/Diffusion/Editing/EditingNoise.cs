namespace IlgpuEdm.Diffusion;

/// <summary>Noise for <see cref="Inpainting"/> and <see cref="ImageToImage"/> that gives each image numbers of its own seed.</summary>
public static class EditingNoise
{
    /// <summary>Makes the noise of a batch: an image's numbers depend on its seed and the draw, not on the batch.</summary>
    /// <param name="seeds">One seed an image, in the order of the batch.</param>
    /// <param name="imageSize">Values of an image, H * W * C.</param>
    /// <returns>The noise, keyed by <see cref="RandomPurpose.Editing"/>; asked for another length it throws an EdmException.</returns>
    public static NoiseSource Of(IReadOnlyList<ulong> seeds, int imageSize) => (draw, length) =>
    {
        if (length != (long)seeds.Count * imageSize)
        {
            throw new EdmException(
                $"The images hold {length} values for {seeds.Count} seeds of {imageSize} values each; give one seed an image.");
        }

        var noise = new double[length];
        for (int i = 0; i < seeds.Count; i++)
        {
            HostRandom.FillNormal(seeds[i], RandomPurpose.Editing, (ulong)draw, noise.AsSpan(i * imageSize, imageSize));
        }

        return noise;
    };

    /// <summary>A draw, checked.</summary>
    internal static double[] Draw(NoiseSource noise, int draw, int length)
    {
        double[] z = noise(draw, length);
        if (z.Length != length)
        {
            throw new EdmException($"Draw {draw} of the noise has {z.Length} numbers for {length}; give one for each value.");
        }

        return z;
    }
}
