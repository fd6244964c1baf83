namespace IlgpuEdm.Diffusion;

/// <summary>Images on a path between seeds: latents mixed by <see cref="LatentInterpolation.Slerp"/>, then sampled.</summary>
public static class ImageInterpolation
{
    /// <summary>Draws the path; where it meets a seed, the image is that of the seed, to the bit.</summary>
    /// <param name="network">The network, guided or not.</param>
    /// <param name="seeds">Two or more seeds, which the path visits in turn.</param>
    /// <param name="imageClass">The class of all images; null on an unconditional network.</param>
    /// <param name="frames">How many images, ends included, at least as many as seeds.</param>
    /// <param name="options">How to sample; without noise, for then images would not change gradually.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <param name="stop">Ends the sampling at the next call of the network.</param>
    /// <param name="onProgress">Told how many images are drawn.</param>
    /// <returns>The images, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Sample(GuidedNetwork network, IReadOnlyList<ulong> seeds, int? imageClass, int frames,
        ImageSamplerOptions options, int batch, CancellationToken stop = default, Action<int>? onProgress = null)
    {
        if (seeds.Count < 2)
        {
            throw new EdmException("--seeds must name at least two seeds to go between, such as 3,7");
        }

        OptionRange.AtLeast("--frames", frames, seeds.Count);
        OptionRange.AtLeast("--batch", batch, 1);
        if (options.Sampler.IsStochastic)
        {
            throw new EdmException("noise that is added while sampling would make the images jump; "
                + "leave out --churn, and take a --solver without noise, or --sde-weight 0 or --eta 0");
        }

        double[][] latents = Latents(network, seeds, frames);
        ImageSeed[] images = [.. latents.Select(_ => new ImageSeed(seeds[0], imageClass))];
        var drawn = new List<byte[]>();
        foreach (double[][] chunk in latents.Chunk(batch))
        {
            drawn.AddRange(ImageSampler.Sample(network, images[..chunk.Length], chunk, options, batch, stop));
            onProgress?.Invoke(drawn.Count);
        }

        return [.. drawn];
    }

    private static double[][] Latents(GuidedNetwork network, IReadOnlyList<ulong> seeds, int frames)
    {
        var ends = new double[seeds.Count][];
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = new double[network.Network.Height * network.Network.Width * network.Network.ImageChannels];
            new ImageSeed(seeds[i]).FillLatent(ends[i]);
        }

        var latents = new double[frames][];
        for (int k = 0; k < frames; k++)
        {
            double place = k * (seeds.Count - 1.0) / (frames - 1);
            int from = Math.Min((int)place, seeds.Count - 2);
            latents[k] = LatentInterpolation.Slerp(ends[from], ends[from + 1], Math.Min(place - from, 1));
        }

        return latents;
    }
}
