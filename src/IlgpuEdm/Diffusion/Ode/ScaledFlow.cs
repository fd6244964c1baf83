namespace IlgpuEdm.Diffusion;

/// <summary>
/// The probability flow ODE dx/dsigma = (x - D(x; sigma)) / sigma in variables that suit a solver: u = ln sigma, and the state
/// y = x / s of unit variance with s = sqrt(sigmaData^2 + sigma^2). Then dy/du = (sigmaData / s)^2 y - D / s, which is 0 for
/// Gaussian data of standard deviation sigmaData and has no pole.
/// </summary>
internal sealed class ScaledFlow(double sigmaData, double sigmaFrom, double sigmaTo)
{
    public double From { get; } = Math.Log(sigmaFrom);

    public double To { get; } = Math.Log(sigmaTo);

    // The ends exactly, not up to the rounding of a logarithm and an exponential.
    public double Sigma(double u) => u == From ? sigmaFrom : u == To ? sigmaTo : Math.Exp(u);

    /// <summary>(sigmaData / s)^2, the share of the data in the variance.</summary>
    public double DataShare(double sigma) => sigmaData * sigmaData / (sigmaData * sigmaData + sigma * sigma);

    public double Scale(double sigma) => Math.Sqrt(sigmaData * sigmaData + sigma * sigma);

    public double[] Unscale(ReadOnlySpan<double> y, double sigma)
    {
        double s = Scale(sigma);
        var x = new double[y.Length];
        for (int j = 0; j < x.Length; j++)
        {
            x[j] = y[j] * s;
        }

        return x;
    }

    /// <summary>Writes y of x to the first values of a state.</summary>
    public void Rescale(double[] x, double sigma, Span<double> y)
    {
        double s = Scale(sigma);
        for (int j = 0; j < x.Length; j++)
        {
            y[j] = x[j] / s;
        }
    }

    /// <summary>Writes dy/du to the first values of a slope.</summary>
    public void Slope(ReadOnlySpan<double> y, double[] denoised, double sigma, Span<double> slope)
    {
        double s = Scale(sigma);
        double share = DataShare(sigma);
        for (int j = 0; j < denoised.Length; j++)
        {
            slope[j] = share * y[j] - denoised[j] / s;
        }
    }
}
