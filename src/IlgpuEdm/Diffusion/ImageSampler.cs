using IlgpuEdm.Formats;

namespace IlgpuEdm.Diffusion;

/// <summary>How images are sampled; the defaults are those of the reference for small images.</summary>
public sealed record SamplerOptions
{
    /// <summary>Noise levels; the Heun solver evaluates the network <c>2 * Steps - 1</c> times.</summary>
    public int Steps { get; init; } = 18;

    /// <summary>The lowest noise level before 0.</summary>
    public double SigmaMin { get; init; } = 0.002;

    /// <summary>The noise level that sampling starts from.</summary>
    public double SigmaMax { get; init; } = 80;

    /// <summary>How much the steps crowd at low noise levels (equation 5).</summary>
    public double Rho { get; init; } = 7;

    /// <summary><c>heun</c> or <c>euler</c>.</summary>
    public string Solver { get; init; } = "heun";
}

/// <summary>Draws images from a denoiser: latents from seeds, a solver, pixels.</summary>
public static class ImageSampler
{
    /// <summary>Draws one image a seed; an image depends on its seed alone, whatever the batch.</summary>
    /// <param name="denoiser">The denoiser.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="batch">How many images go through the network at once.</param>
    /// <returns>One image a seed, <c>[H, W, C]</c> bytes.</returns>
    /// <exception cref="EdmException">An option is wrong.</exception>
    public static byte[][] Sample(NetworkDenoiser denoiser, IReadOnlyList<ulong> seeds, SamplerOptions options, int batch)
    {
        OptionRange.AtLeast("--batch", batch, 1);
        var timeSteps = EdmTimeSteps.Create(options.Steps, options.SigmaMin, options.SigmaMax, options.Rho);
        Func<Denoiser, double[], double[]> solve = options.Solver switch
        {
            "heun" => (denoise, latents) => HeunSampler.Sample(denoise, latents, timeSteps),
            "euler" => (denoise, latents) => EulerSampler.Sample(denoise, latents, timeSteps),
            _ => throw new EdmException($"--solver {options.Solver} is not known; say heun or euler"),
        };
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

            var x = solve((noisy, sigma) => denoiser.Denoise(noisy, sigma, labels), latents);
            for (var i = 0; i < count; i++)
            {
                images[first + i] = Array.ConvertAll(x[(i * imageSize)..((i + 1) * imageSize)], PixelScale.ToByte);
            }
        }

        return images;
    }
}
