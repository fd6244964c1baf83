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
