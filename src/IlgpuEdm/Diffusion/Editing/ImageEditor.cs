using IlgpuEdm.Formats;

namespace IlgpuEdm.Diffusion;

/// <summary>Edits images of 8 bits with a network, by <see cref="Inpainting"/> or <see cref="ImageToImage"/>.</summary>
public static class ImageEditor
{
    /// <summary>Edits images; each depends on its source, seed and class alone, whatever the batch.</summary>
    /// <param name="network">The network, guided or not.</param>
    /// <param name="sources">The images to edit, <c>[H, W, C]</c> bytes.</param>
    /// <param name="images">The seed and class of each.</param>
    /// <param name="options">How to edit them.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <param name="stop">Ends the editing at the next call of the network.</param>
    /// <returns>The new images, <c>[H, W, C]</c> bytes; what the mask has as known is that of the source to the bit.</returns>
    /// <exception cref="EdmException">
    /// An option is wrong, a source has another size, or the network gave values that are no numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Edit(GuidedNetwork network, IReadOnlyList<byte[]> sources, IReadOnlyList<ImageSeed> images, EditOptions options,
        int batch, CancellationToken stop = default)
    {
        OptionRange.AtLeast("--batch", batch, 1);
        options.Validate(network.Range);
        int size = network.Network.Height * network.Network.Width * network.Network.ImageChannels;
        if (sources.Count != images.Count || sources.Any(source => source.Length != size) || options.Mask?.ImageSize is int m && m != size)
        {
            throw new EdmException($"Sources and mask must have the {size} values of the network's images, one source for each of them.");
        }

        var edited = new List<byte[]>();
        foreach (int[] chunk in Enumerable.Range(0, images.Count).Chunk(batch))
        {
            byte[][] from = [.. chunk.Select(i => sources[i])];
            ImageSeed[] seeds = [.. chunk.Select(i => images[i])];
            edited.AddRange(options.Mask is null
                ? Vary(network, from, seeds, options, stop)
                : Fill(network, from, seeds, options, options.Mask, stop));
        }

        return [.. edited];
    }

    private static byte[][] Vary(
        GuidedNetwork network, byte[][] sources, ImageSeed[] images, EditOptions options, CancellationToken stop)
    {
        int size = sources[0].Length;
        SamplerOptions sampler = options.Sampling.Sampler with { SigmaMax = options.SigmaStart };
        double start = options.Sampling.Adaptive is not null || sampler.Solver == "naive"
            ? Sampler.Ends(sampler, network.Range).SigmaMax
            : Sampler.NoiseLevels(sampler, network.Range)[0];
        double[] latents = ImageToImage.Latents(Values(sources), Noise(images, size), start);
        double[][] each = [.. Enumerable.Range(0, images.Length).Select(i => latents[(i * size)..((i + 1) * size)])];
        return ImageSampler.Sample(network, images, each, options.Sampling with { Sampler = sampler }, images.Length, stop);
    }

    private static byte[][] Fill(
        GuidedNetwork network, byte[][] sources, ImageSeed[] images, EditOptions options, InpaintingMask mask, CancellationToken stop)
    {
        int size = sources[0].Length;
        var latents = new double[images.Length * size];
        for (int i = 0; i < images.Length; i++)
        {
            images[i].FillLatent(latents.AsSpan(i * size, size));
        }

        double[] t = Sampler.NoiseLevels(options.Sampling.Sampler, network.Range);
        double[] x = Inpainting.Sample(
            network.Denoiser(images, stop), Values(sources), mask, latents, Noise(images, size), t, options.Repeats);
        return [.. Enumerable.Range(0, images.Length).Select(i =>
            Array.ConvertAll(x[(i * size)..((i + 1) * size)], PixelScale.ToByte))];
    }

    private static NoiseSource Noise(ImageSeed[] images, int size) => EditingNoise.Of([.. images.Select(image => image.Seed)], size);

    private static double[] Values(byte[][] sources) => [.. sources.SelectMany(source => source.Select(v => (double)PixelScale.ToUnit(v)))];
}
