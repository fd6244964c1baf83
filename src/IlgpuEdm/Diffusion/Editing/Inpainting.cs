namespace IlgpuEdm.Diffusion;

/// <summary>
/// Draws the unknown part of images so that it fits the known part (Lugmayr et al. 2022, "RePaint: Inpainting using Denoising
/// Diffusion Probabilistic Models"). Before each step the known values are those of the image noised to the level; a step of Heun's
/// method denoises the whole. So that both parts come to agree, a step is repeated: the result is noised back from t_(i+1) to t_i
/// by sqrt(t_i^2 - t_(i+1)^2) z, and stepped down again. Without repeats the unknown part hears of the known one only through the
/// denoiser and agrees less; see the numbers in docs/sampling-beyond.md.
/// </summary>
public static class Inpainting
{
    /// <summary>Inpaints a batch; an image depends on its own values, latent and noise alone.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="images">Images, one after the other; their unknown values count for nothing, but must be finite.</param>
    /// <param name="mask">Which values are known, the same in every image.</param>
    /// <param name="latents">Standard normal numbers, as long as the images: where the unknown values start from.</param>
    /// <param name="noise">Noise for known values and repeats, draws counted as they come; see <see cref="EditingNoise.Of"/>.</param>
    /// <param name="timeSteps">t_0 to t_N, strictly decreasing; t_N is 0 for images without noise.</param>
    /// <param name="repeats">How often each step that does not end at 0 is repeated, at least 0.</param>
    /// <param name="onStep">Called whenever a step starts, repeats included; the index counts all of them.</param>
    /// <returns>The images, a new array; known values are those of the input to the bit.</returns>
    /// <exception cref="EdmException">Sizes do not fit, the time steps do not decrease, or a number is not finite.</exception>
    public static double[] Sample(
        Denoiser denoise,
        double[] images,
        InpaintingMask mask,
        double[] latents,
        NoiseSource noise,
        IReadOnlyList<double> timeSteps,
        int repeats = 0,
        Action<SamplerStep>? onStep = null)
    {
        IReadOnlyList<double> t = timeSteps;
        OdeCheck.TimeSteps(t);
        OptionRange.AtLeast("--repeats", repeats, 0);
        OdeCheck.Images("images", images, mask.ImageSize);
        OdeCheck.Finite("images", images);
        OdeCheck.SameLength("latents' array", latents, "images", images);
        OdeCheck.Finite("latents", latents);

        int draw = 0;
        int index = 0;
        double[] x = Array.ConvertAll(latents, z => t[0] * z);
        for (int i = 0; i < t.Count - 1; i++)
        {
            int passes = t[i + 1] > 0 ? repeats + 1 : 1;
            for (int pass = 0; pass < passes; pass++)
            {
                if (pass > 0)
                {
                    AddNoise(x, EditingNoise.Draw(noise, draw++, x.Length), Math.Sqrt((t[i] - t[i + 1]) * (t[i] + t[i + 1])));
                }

                SetKnown(x, images, mask, EditingNoise.Draw(noise, draw++, x.Length), t[i]);
                double[] denoised = OdeCheck.Denoise(denoise, x, t[i]);
                onStep?.Invoke(new SamplerStep(index++, t[i], x, denoised));
                x = HeunStep.Take(denoise, x, denoised, t[i], t[i + 1]);
            }
        }

        SetKnown(x, images, mask, new double[x.Length], 0);
        return x;
    }

    private static void AddNoise(double[] x, double[] noise, double level)
    {
        for (int j = 0; j < x.Length; j++)
        {
            x[j] += level * noise[j];
        }
    }

    private static void SetKnown(double[] x, double[] images, InpaintingMask mask, double[] noise, double level)
    {
        for (int j = 0; j < x.Length; j++)
        {
            if (mask.IsKnown(j % mask.ImageSize))
            {
                x[j] = level == 0 ? images[j] : images[j] + level * noise[j];
            }
        }
    }
}
