using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>What the samplers share: the first state and the checks of what they are given.</summary>
internal static class SamplerMath
{
    public static double[] Start(double[] latents, IReadOnlyList<double> t)
    {
        CheckFalling(t);
        return Array.ConvertAll(latents, z => t[0] * z);
    }

    public static void CheckFalling(IReadOnlyList<double> t)
    {
        bool decreasing = t.Count >= 2 && t[^1] >= 0 && double.IsFinite(t[0]);
        for (int i = 1; decreasing && i < t.Count; i++)
        {
            decreasing = t[i] < t[i - 1];
        }

        if (!decreasing)
        {
            throw new ArgumentException("Time steps are at least two numbers that decrease strictly and end at 0 or above.", nameof(t));
        }
    }

    public static double[] Denoise(Denoiser denoise, double[] x, double sigma)
    {
        double[] denoised = denoise(x, sigma);
        if (denoised.Length != x.Length)
        {
            throw new InvalidOperationException($"The denoiser returned {denoised.Length} values for {x.Length}.");
        }

        if (!Array.TrueForAll(denoised, double.IsFinite))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"the denoiser gave values that are no numbers at noise level {sigma:g4}; its training diverged: use another --network"));
        }

        return denoised;
    }

    public static double[] Noise(NoiseSource? noise, int draw, int length)
    {
        double[] normals = noise?.Invoke(draw, length)
            ?? throw new ArgumentException("This sampler adds noise; give a source of it.", nameof(noise));
        return normals.Length == length
            ? normals
            : throw new InvalidOperationException($"The noise source returned {normals.Length} values for {length}.");
    }
}
