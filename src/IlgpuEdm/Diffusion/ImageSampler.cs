using IlgpuEdm.Formats;

namespace IlgpuEdm.Diffusion;

/// <summary>Draws images from a denoiser: latents from seeds, a solver, pixels.</summary>
public static class ImageSampler
{
    /// <summary>Draws one image a seed; an image depends on its seed alone, whatever the batch.</summary>
    /// <param name="denoiser">The denoiser.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <param name="stop">Ends the sampling at the next call of the network.</param>
    /// <param name="onStep">Called once a step of each batch, after its first denoiser call.</param>
    /// <returns>One image a seed, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong, or the network gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static byte[][] Sample(NetworkDenoiser denoiser, IReadOnlyList<ulong> seeds, SamplerOptions options, int batch,
        CancellationToken stop = default, Action<SamplerStep>? onStep = null)
    {
        OptionRange.AtLeast("--batch", batch, 1);
        options.Validate();
        var network = denoiser.Network;
        var imageSize = network.Height * network.Width * network.ImageChannels;
        var images = new byte[seeds.Count][];
        for (var first = 0; first < seeds.Count; first += batch)
        {
            var count = Math.Min(batch, seeds.Count - first);
            var latents = new double[count * imageSize];
            var labels = network.LabelDim == 0 ? null : new float[count * network.LabelDim];
            for (var i = 0; i < count; i++)
            {
                var seed = seeds[first + i];
                HostRandom.FillNormal(seed, RandomPurpose.Latents, 0, latents.AsSpan(i * imageSize, imageSize));
                if (labels != null)
                {
                    // A class drawn for each seed, as the reference does where none is asked for.
                    var c = (int)(HostRandom.Uniform(seed, RandomPurpose.Labels, 0, 0) * network.LabelDim);
                    labels[i * network.LabelDim + c] = 1f;
                }
            }

            var noise = ImageNoise.FromSeeds([.. seeds.Skip(first).Take(count)], imageSize);
            var x = Sampler.Sample(Denoise, latents, options, denoiser.Range, noise, onStep);
            for (var i = 0; i < count; i++)
            {
                images[first + i] = Array.ConvertAll(x[(i * imageSize)..((i + 1) * imageSize)], PixelScale.ToByte);
            }

            double[] Denoise(double[] noisy, double sigma)
            {
                stop.ThrowIfCancellationRequested();
                return denoiser.Denoise(noisy, sigma, labels);
            }
        }

        return images;
    }
}
