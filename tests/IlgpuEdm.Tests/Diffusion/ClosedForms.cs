using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Data of one value whose ideal denoiser is known: a Gaussian, and a mixture of two.</summary>
internal static class ClosedForms
{
    /// <summary>Standard deviation of <see cref="Gaussian"/>'s data, N(0, S^2).</summary>
    public const double S = 0.5;

    private const double Width = 0.4;
    private const double High = 0.7;

    /// <summary>D(x; sigma) = x S^2 / (S^2 + sigma^2).</summary>
    public static double[] Gaussian(double[] x, double sigma) => Array.ConvertAll(x, v => v * S * S / (S * S + sigma * sigma));

    /// <summary>Where the probability flow ODE takes x on Gaussian data: x(sigma) is proportional to sqrt(S^2 + sigma^2).</summary>
    public static double GaussianFlow(double x, double from, double to) => x * Math.Sqrt((S * S + to * to) / (S * S + from * from));

    /// <summary>The ideal denoiser of 0.3 N(-1, 0.4^2) + 0.7 N(1, 0.4^2).</summary>
    public static double[] Mixture(double[] x, double sigma)
    {
        double variance = Width * Width + sigma * sigma;
        return Array.ConvertAll(x, v =>
        {
            // P(the data was drawn around 1 | v), then the mean of a Gaussian's posterior.
            double centre = Math.Tanh(v / variance + Math.Log(High / (1 - High)) / 2);
            return centre + Width * Width / variance * (v - centre);
        });
    }

    /// <summary>
    /// Where the probability flow ODE takes x on the mixture. In one dimension paths never cross, so that the share of the probability
    /// below a path stays what it was.
    /// </summary>
    public static double MixtureFlow(double x, double from, double to)
    {
        bool upper = x > 0;
        double share = Share(x, from, upper);
        double low = -10;
        double high = 10;
        for (int i = 0; i < 200; i++)
        {
            double middle = (low + high) / 2;
            bool below = upper ? Share(middle, to, upper) > share : Share(middle, to, upper) < share;
            (low, high) = below ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>
    /// The variance that a sampler gives N(0, S^2), without drawing anything: on this denoiser samplers are linear, so it is the sum of
    /// the squared responses to one unit in the latent and to one in each draw of noise.
    /// </summary>
    public static double VarianceOnGaussian(int draws, Func<Denoiser, double[], NoiseSource, double[]> sample)
    {
        var latents = new double[draws + 1];
        latents[draws] = 1;
        return sample(Gaussian, latents, Unit).Sum(v => v * v);

        static double[] Unit(int draw, int length)
        {
            var noise = new double[length];
            noise[draw] = 1;
            return noise;
        }
    }

    // The probability below x, or above it: whichever is small keeps its digits.
    private static double Share(double x, double sigma, bool above)
    {
        double deviation = Math.Sqrt(Width * Width + sigma * sigma);
        double sign = above ? -1 : 1;
        return High * NormalDistribution.Cdf(sign * (x - 1) / deviation) + (1 - High) * NormalDistribution.Cdf(sign * (x + 1) / deviation);
    }
}
