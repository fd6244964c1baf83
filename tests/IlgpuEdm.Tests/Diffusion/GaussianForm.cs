namespace IlgpuEdm.Tests.Diffusion;

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
