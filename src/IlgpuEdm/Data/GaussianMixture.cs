using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Data;

/// <summary>One Gaussian of a <see cref="GaussianMixture"/>.</summary>
/// <param name="Weight">Its probability, above 0; weights are divided by their sum.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation in every direction, above 0.</param>
public sealed record MixtureComponent(double Weight, IReadOnlyList<double> Mean, double Deviation);

/// <summary>
/// A mixture of round Gaussians: data whose density, score and ideal denoiser are formulas at every noise level, since noise of standard
/// deviation sigma only widens each component to <c>s_k(sigma) = sqrt(s_k^2 + sigma^2)</c>. Points are flattened, one after the other; as
/// images they are <c>[N, 1, 1, Dimensions]</c>.
/// </summary>
public sealed class GaussianMixture
{
    private readonly MixtureComponent[] _components;

    /// <summary>Makes a mixture.</summary>
    /// <param name="components">At least one; all of one dimension.</param>
    /// <exception cref="ArgumentException">There are none, or one has no weight, no width or another dimension.</exception>
    public GaussianMixture(params IReadOnlyList<MixtureComponent> components)
    {
        double sum = components.Sum(c => c.Weight);
        _components = [.. components.Select(c => c with { Weight = c.Weight / sum })];
        Dimensions = _components.Length == 0 ? 0 : _components[0].Mean.Count;
        if (Dimensions == 0 || !_components.All(c => c.Mean.Count == Dimensions && c.Weight > 0 && c.Deviation > 0))
        {
            throw new ArgumentException(
                "a mixture needs components of one dimension, with weights and deviations above 0", nameof(components));
        }
    }

    /// <summary>
    /// Images of one pixel with two peaks, one above the other: mean 0.02 and standard deviation 0.49, near enough to 0.5 for EDM's default
    /// sigmaData.
    /// </summary>
    public static GaussianMixture TwoPeaks { get; } = new(
        new MixtureComponent(0.55, [0.455], 0.13), new MixtureComponent(0.45, [-0.51], 0.09));

    /// <summary>
    /// Six places in the plane, of unequal weights and widths and well apart; mean 0 and standard deviation 0.5 (both to 0.01), so that
    /// EDM's default sigmaData fits.
    /// </summary>
    public static GaussianMixture Plane { get; } = new(
        new MixtureComponent(0.24, [0.59, 0.05], 0.10),
        new MixtureComponent(0.20, [0.19, 0.61], 0.06),
        new MixtureComponent(0.18, [-0.58, 0.40], 0.12),
        new MixtureComponent(0.15, [-0.69, -0.27], 0.08),
        new MixtureComponent(0.13, [-0.15, -0.77], 0.05),
        new MixtureComponent(0.10, [0.47, -0.65], 0.10));

    /// <summary>Values of a point.</summary>
    public int Dimensions { get; }

    /// <summary>The components; their weights sum to 1.</summary>
    public IReadOnlyList<MixtureComponent> Components => _components;

    /// <summary>Draws points for training; the label of each is its component.</summary>
    /// <param name="seed">Keys the draws, together with each point's number.</param>
    /// <param name="first">Number of the first point, at least 0: a point depends on seed and number alone.</param>
    /// <param name="count">How many.</param>
    /// <returns>The points as images <c>[count, 1, 1, Dimensions]</c>.</returns>
    public Batch Draw(ulong seed, long first, int count)
    {
        var points = new float[count * Dimensions];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            ulong point = (ulong)(first + i);

            // Element 0 chooses the component; the normals come from the next block of four words.
            double u = HostRandom.Uniform(seed, RandomPurpose.MixturePoints, point, 0);
            int k = 0;
            while (k < _components.Length - 1 && (u -= _components[k].Weight) >= 0)
            {
                k++;
            }

            labels[i] = k;
            for (int j = 0; j < Dimensions; j++)
            {
                double z = HostRandom.Normal(seed, RandomPurpose.MixturePoints, point, (uint)(4 + j));
                points[i * Dimensions + j] = (float)(_components[k].Mean[j] + _components[k].Deviation * z);
            }
        }

        return new Batch { FirstImage = first, Size = count, Images = points, Labels = labels };
    }

    /// <summary>ln of the density of one point with noise added.</summary>
    /// <param name="x">The point.</param>
    /// <param name="sigma">The noise level, at least 0.</param>
    /// <returns>ln p(x; sigma).</returns>
    public double LogDensity(ReadOnlySpan<double> x, double sigma = 0)
    {
        Span<double> shares = stackalloc double[_components.Length];
        return Shares(x, sigma, shares);
    }

    /// <summary>The probability of a value of at most x, of points of one value with noise added.</summary>
    /// <param name="x">The value.</param>
    /// <param name="sigma">The noise level, at least 0.</param>
    /// <returns>The sum over components, each by its weight, of the normal distribution's probability.</returns>
    /// <exception cref="InvalidOperationException">Points have more than one value.</exception>
    public double Cdf(double x, double sigma = 0) => Dimensions == 1
        ? Enumerable.Range(0, _components.Length).Sum(k =>
            _components[k].Weight * NormalDistribution.Cdf((x - _components[k].Mean[0]) / Math.Sqrt(Variance(k, sigma))))
        : throw new InvalidOperationException($"points of {Dimensions} values have no order");

    /// <summary>The score: the gradient of <see cref="LogDensity"/>, which points where data is denser.</summary>
    /// <param name="x">Points, one after the other.</param>
    /// <param name="sigma">The noise level, at least 0.</param>
    /// <returns>As x: the mean over components, each by its share in the point, of <c>(mean_k - x) / s_k(sigma)^2</c>.</returns>
    public double[] Score(double[] x, double sigma)
    {
        var score = new double[x.Length];
        Span<double> shares = stackalloc double[_components.Length];
        for (int i = 0; i < x.Length; i += Dimensions)
        {
            Shares(x.AsSpan(i, Dimensions), sigma, shares);
            for (int k = 0; k < _components.Length; k++)
            {
                double factor = shares[k] / Variance(k, sigma);
                for (int j = 0; j < Dimensions; j++)
                {
                    score[i + j] += factor * (_components[k].Mean[j] - x[i + j]);
                }
            }
        }

        return score;
    }

    /// <summary>
    /// The ideal denoiser, which no network can beat: the mean of the clean points that a noisy one may come from,
    /// <c>D(x; sigma) = x + sigma^2 score(x; sigma)</c> (Karras et al. 2022, equation 3). A <see cref="Denoiser"/>.
    /// </summary>
    /// <param name="x">Noisy points, one after the other.</param>
    /// <param name="sigma">Their noise level, at least 0.</param>
    /// <returns>As x.</returns>
    public double[] Denoise(double[] x, double sigma)
    {
        double[] score = Score(x, sigma);
        for (int i = 0; i < x.Length; i++)
        {
            score[i] = x[i] + sigma * sigma * score[i];
        }

        return score;
    }

    private double Variance(int k, double sigma) => _components[k].Deviation * _components[k].Deviation + sigma * sigma;

    // The probability that the point is each component's; returns ln of the density.
    private double Shares(ReadOnlySpan<double> x, double sigma, Span<double> shares)
    {
        double largest = double.NegativeInfinity;
        for (int k = 0; k < shares.Length; k++)
        {
            double variance = Variance(k, sigma);
            double squares = 0;
            for (int j = 0; j < Dimensions; j++)
            {
                double difference = x[j] - _components[k].Mean[j];
                squares += difference * difference;
            }

            shares[k] = Math.Log(_components[k].Weight) - squares / (2 * variance) - Dimensions / 2.0 * Math.Log(2 * Math.PI * variance);
            largest = Math.Max(largest, shares[k]);
        }

        double sum = 0;
        foreach (ref double share in shares)
        {
            share = Math.Exp(share - largest);
            sum += share;
        }

        foreach (ref double share in shares)
        {
            share /= sum;
        }

        return largest + Math.Log(sum);
    }
}
