namespace IlgpuEdm.Tests.Diffusion;

/// <summary>A mixture of equally likely Gaussians of one standard deviation s around given means.</summary>
internal sealed class MixtureForm(double s, params double[][] means) : ClosedForm(means[0].Length)
{
    /// <summary>Three uneven places in the plane.</summary>
    public static MixtureForm Plane { get; } = new(0.15, [0.6, 0.1], [-0.5, 0.5], [-0.2, -0.7]);

    public override double LogDensity(double[] x, double sigma)
    {
        double variance = s * s + sigma * sigma;
        double sum = means.Sum(m => Math.Exp(-0.5 * m.Zip(x, (a, b) => (a - b) * (a - b)).Sum() / variance));
        return Math.Log(sum / means.Length) - 0.5 * Size * Math.Log(2 * Math.PI * variance);
    }

    protected override void Point(
        ReadOnlySpan<double> x, double sigma, ReadOnlySpan<double> v, Span<double> denoised, Span<double> vjp)
    {
        double variance = s * s + sigma * sigma;
        double shrink = s * s / variance;
        double[] share = Shares(x, variance);
        for (int k = 0; k < means.Length; k++)
        {
            for (int j = 0; j < Size; j++)
            {
                denoised[j] += share[k] * (means[k][j] + shrink * (x[j] - means[k][j]));
            }
        }

        // dD/dx = shrink I + sum over k of share_k D_k (g_k - g)^T with g_k = (m_k - x) / variance and g their mean by share.
        for (int j = 0; j < Size; j++)
        {
            vjp[j] = shrink * v[j];
        }

        for (int k = 0; k < means.Length; k++)
        {
            double dot = 0;
            for (int j = 0; j < Size; j++)
            {
                dot += v[j] * (means[k][j] + shrink * (x[j] - means[k][j]));
            }

            for (int j = 0; j < Size; j++)
            {
                double mean = 0;
                for (int l = 0; l < means.Length; l++)
                {
                    mean += share[l] * means[l][j];
                }

                vjp[j] += share[k] * dot * (means[k][j] - mean) / variance;
            }
        }
    }

    private double[] Shares(ReadOnlySpan<double> x, double variance)
    {
        var log = new double[means.Length];
        for (int k = 0; k < means.Length; k++)
        {
            for (int j = 0; j < Size; j++)
            {
                log[k] -= (x[j] - means[k][j]) * (x[j] - means[k][j]) / (2 * variance);
            }
        }

        double largest = log.Max();
        double[] share = Array.ConvertAll(log, l => Math.Exp(l - largest));
        double sum = share.Sum();
        return Array.ConvertAll(share, w => w / sum);
    }
}
