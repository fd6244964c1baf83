using IlgpuEdm.Formats;

namespace IlgpuEdm.Diffusion;

/// <summary>Draws images from a network: latents from seeds, a solver, pixels.</summary>
public static class ImageSampler
{
    /// <summary>Draws one image a seed, without guidance; a conditional network draws a class for each seed.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <param name="stop">Ends the sampling at the next call of the network.</param>
    /// <param name="onStep">Called once a step of each batch, after its first denoiser call.</param>
    /// <returns>One image a seed, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong, or the network gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Sample(NetworkDenoiser denoiser, IReadOnlyList<ulong> seeds, SamplerOptions options, int batch,
        CancellationToken stop = default, Action<SamplerStep>? onStep = null) =>
        Sample(new GuidedNetwork(denoiser), ClassChoice.Images(null, seeds, denoiser.Network),
            new ImageSamplerOptions { Sampler = options }, batch, stop, onStep is null ? null : step => onStep(step.Step));

    /// <summary>Draws images; each depends on its seed and class alone, whatever the batch.</summary>
    /// <param name="network">The network, guided or not.</param>
    /// <param name="images">Their seeds and classes; see <see cref="ClassChoice.Images"/>.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="batch">How many images go through the network at once; the adaptive solver takes them one by one.</param>
    /// <param name="stop">Ends the sampling at the next call of the network.</param>
    /// <param name="onStep">Called once a step of each batch, after its first denoiser call.</param>
    /// <returns>The images, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong, or the network gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Sample(GuidedNetwork network, IReadOnlyList<ImageSeed> images, ImageSamplerOptions options, int batch,
        CancellationToken stop = default, Action<ImageStep>? onStep = null)
    {
        int size = ImageSize(network);
        var latents = new double[images.Count][];
        for (int i = 0; i < latents.Length; i++)
        {
            latents[i] = new double[size];
            images[i].FillLatent(latents[i]);
        }

        return Sample(network, images, latents, options, batch, stop, onStep);
    }

    /// <summary>Draws images from given latents; their seeds decide what noise a stochastic solver adds.</summary>
    /// <param name="network">The network, guided or not.</param>
    /// <param name="images">Their seeds and classes.</param>
    /// <param name="latents">Standard normal numbers, H * W * C for each image.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <param name="stop">Ends the sampling at the next call of the network.</param>
    /// <param name="onStep">Called once a step of each batch, after its first denoiser call.</param>
    /// <returns>The images, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong, or the network gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Sample(GuidedNetwork network, IReadOnlyList<ImageSeed> images, IReadOnlyList<double[]> latents,
        ImageSamplerOptions options, int batch, CancellationToken stop = default, Action<ImageStep>? onStep = null)
    {
        OptionRange.AtLeast("--batch", batch, 1);
        options.Validate();
        int size = ImageSize(network);
        int together = options.Adaptive is null ? batch : 1;
        var pixels = new byte[images.Count][];
        for (int first = 0; first < images.Count; first += together)
        {
            ImageSeed[] chunk = [.. images.Skip(first).Take(together)];
            double[] start = [.. latents.Skip(first).Take(chunk.Length).SelectMany(latent => latent)];
            int at = first;
            Action<SamplerStep>? report = onStep is null ? null : step => onStep(new ImageStep(at, chunk.Length, step));
            Denoiser denoise = network.Denoiser(chunk, stop);
            double[] x = options.Adaptive is { } tolerance
                ? AdaptiveOde.Sample(denoise, start, tolerance.Options(options.Sampler, network), report).X
                : Sampler.Sample(denoise, start, options.Sampler, network.Range,
                    ImageNoise.FromSeeds([.. chunk.Select(image => image.Seed)], size), report);
            for (int i = 0; i < chunk.Length; i++)
            {
                pixels[first + i] = Array.ConvertAll(x[(i * size)..((i + 1) * size)], PixelScale.ToByte);
            }
        }

        return pixels;
    }

    private static int ImageSize(GuidedNetwork network) =>
        network.Network.Height * network.Network.Width * network.Network.ImageChannels;
}
