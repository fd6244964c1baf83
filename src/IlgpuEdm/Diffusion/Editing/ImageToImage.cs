using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// New images after given ones (Meng et al. 2022, "SDEdit: Guided Image Synthesis and Editing with Stochastic Differential
/// Equations"): noise an image to a level sigmaStart, and sample down from there. What is smaller than the noise is drawn anew, what
/// is larger stays; towards sigmaStart 0 the image comes back.
/// </summary>
public static class ImageToImage
{
    /// <summary>The time steps of a sampler from sigmaStart on: sigmaStart itself, then all below it.</summary>
    /// <param name="timeSteps">t_0 to t_N of the whole way, strictly decreasing.</param>
    /// <param name="sigmaStart">The noise level to start from, above t_N and not above t_0.</param>
    /// <returns>The time steps, the first of which is <paramref name="sigmaStart"/>.</returns>
    /// <exception cref="EdmException">The time steps do not decrease, or the level is out of their range.</exception>
    public static double[] TimeSteps(IReadOnlyList<double> timeSteps, double sigmaStart)
    {
        OdeCheck.TimeSteps(timeSteps);
        if (!(sigmaStart > timeSteps[^1] && sigmaStart <= timeSteps[0]))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"--sigma-start is {sigmaStart}; it must be above {timeSteps[^1]} and not above {timeSteps[0]}, "
                + $"the ends of the time steps."));
        }

        return [sigmaStart, .. timeSteps.Where(t => t < sigmaStart)];
    }

    /// <summary>Latents with which any sampler starts from noised images: images / sigmaStart + noise.</summary>
    /// <param name="images">Images, one after the other.</param>
    /// <param name="noise">Standard normal numbers; draw 0 is taken. See <see cref="EditingNoise.Of"/>.</param>
    /// <param name="sigmaStart">The sampler's first time step, above 0.</param>
    /// <returns>The latents, a new array.</returns>
    /// <exception cref="EdmException">The level is out of range, or a number is not finite.</exception>
    public static double[] Latents(double[] images, NoiseSource noise, double sigmaStart)
    {
        OptionRange.Positive("--sigma-start", sigmaStart);
        OdeCheck.Images("images", images, images.Length);
        OdeCheck.Finite("images", images);
        double[] z = EditingNoise.Draw(noise, 0, images.Length);
        var latents = new double[images.Length];
        for (int j = 0; j < latents.Length; j++)
        {
            latents[j] = images[j] / sigmaStart + z[j];
        }

        return latents;
    }

    /// <summary>Noises images to the first time step and samples down by Heun's method.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="images">Images, one after the other; each depends on itself and its noise alone.</param>
    /// <param name="noise">Standard normal numbers; draw 0 is taken.</param>
    /// <param name="timeSteps">From sigmaStart to 0, such as <see cref="TimeSteps"/> makes them.</param>
    /// <param name="onStep">Called once a step.</param>
    /// <returns>The new images.</returns>
    /// <exception cref="EdmException">The time steps do not decrease, or a number is not finite.</exception>
    public static double[] Sample(
        Denoiser denoise, double[] images, NoiseSource noise, IReadOnlyList<double> timeSteps, Action<SamplerStep>? onStep = null)
    {
        OdeCheck.TimeSteps(timeSteps);
        return HeunSampler.Sample(
            (x, sigma) => OdeCheck.Denoise(denoise, x, sigma), Latents(images, noise, timeSteps[0]), timeSteps, onStep);
    }
}
