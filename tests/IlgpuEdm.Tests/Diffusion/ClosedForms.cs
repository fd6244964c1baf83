using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>A distribution whose ideal denoiser, its Jacobian and the density at every noise level are formulas. Takes batches.</summary>
internal abstract class ClosedForm(int size)
{
    public int Size { get; } = size;

    public double[] Denoise(double[] x, double sigma) => DenoiseWithVjp(x, sigma, new double[x.Length]).Denoised;

    public (double[] Denoised, double[] Vjp) DenoiseWithVjp(double[] x, double sigma, double[] cotangent)
    {
        var denoised = new double[x.Length];
        var vjp = new double[x.Length];
        for (int i = 0; i < x.Length; i += Size)
        {
            Point(x.AsSpan(i, Size), sigma, cotangent.AsSpan(i, Size), denoised.AsSpan(i, Size), vjp.AsSpan(i, Size));
        }

        return (denoised, vjp);
    }

    /// <summary>ln of the density of the distribution plus noise of standard deviation sigma.</summary>
    public abstract double LogDensity(double[] x, double sigma);

    protected abstract void Point(
        ReadOnlySpan<double> x, double sigma, ReadOnlySpan<double> v, Span<double> denoised, Span<double> vjp);
}

/// <summary>
/// A Gaussian of given mean, whose covariance has given variances along axes mirrored by I - 2 w w^T, so that values are correlated.
/// </summary>
internal sealed class GaussianForm(double[] mean, double[] variances, double[] mirror) : ClosedForm(mean.Length)
{
    private readonly double[] _w = [.. mirror.Select(v => v / Math.Sqrt(mirror.Sum(u => u * u)))];

    /// <summary>Values of many sizes of variance, from 0.0625 to 1, correlated.</summary>
    public static GaussianForm OfSize(int n) => new(
        [.. Enumerable.Range(0, n).Select(j => 0.2 * Math.Sin(j))],
        [.. Enumerable.Range(0, n).Select(j => 1 / (1 + 15.0 * j / Math.Max(n - 1, 1)))],
        [.. Enumerable.Range(0, n).Select(j => 1 + Math.Cos(3 * j))]);

    /// <summary>Applies f, as a function of the variance, to the covariance, and that to x - mean; adds back times the mean.</summary>
    public double[] Apply(ReadOnlySpan<double> x, Func<double, double> f, double centre, double back)
    {
        var y = new double[Size];
        for (int j = 0; j < Size; j++)
        {
            y[j] = x[j] - centre * mean[j];
        }

        Mirror(y);
        for (int j = 0; j < Size; j++)
        {
            y[j] *= f(variances[j]);
        }

        Mirror(y);
        for (int j = 0; j < Size; j++)
        {
            y[j] += back * mean[j];
        }

        return y;
    }

    /// <summary>The exact solution of the ODE: deviations from the mean shrink as the standard deviation of their direction.</summary>
    public double[] Flow(double[] x, double from, double to) =>
        Apply(x, l => Math.Sqrt((l + to * to) / (l + from * from)), 1, 1);

    public override double LogDensity(double[] x, double sigma)
    {
        double[] white = Apply(x, l => 1 / Math.Sqrt(l + sigma * sigma), 1, 0);
        return -0.5 * (white.Sum(v => v * v) + variances.Sum(l => Math.Log(2 * Math.PI * (l + sigma * sigma))));
    }

    protected override void Point(
        ReadOnlySpan<double> x, double sigma, ReadOnlySpan<double> v, Span<double> denoised, Span<double> vjp)
    {
        double Shrink(double l) => l / (l + sigma * sigma);
        Apply(x, Shrink, 1, 1).CopyTo(denoised);
        Apply(v, Shrink, 0, 0).CopyTo(vjp);
    }

    private void Mirror(double[] y)
    {
        double dot = 0;
        for (int j = 0; j < Size; j++)
        {
            dot += _w[j] * y[j];
        }

        for (int j = 0; j < Size; j++)
        {
            y[j] -= 2 * dot * _w[j];
        }
    }
}

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
