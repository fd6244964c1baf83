namespace IlgpuEdm.Diffusion;

/// <summary>
/// The time steps of VE (Karras et al. 2022, table 1), a fixed ratio apart:
/// sigma_i^2 = sigma_max^2 (sigma_min^2 / sigma_max^2)^(i/(N-1)) for i below N, and sigma_N = 0.
/// </summary>
public static class VeTimeSteps
{
    /// <summary>Computes the noise levels.</summary>
    /// <param name="steps">N, the number of sampler steps; 1 gives [sigma_max, 0].</param>
    /// <param name="sigmaMin">sigma_min, the last level above 0.</param>
    /// <param name="sigmaMax">sigma_max, the level that sampling starts from.</param>
    /// <returns>sigma_0 to sigma_N = 0, <c>[steps + 1]</c>, strictly decreasing.</returns>
    /// <exception cref="EdmException">A value is out of range; the message names its option.</exception>
    public static double[] Create(int steps, double sigmaMin, double sigmaMax)
    {
        Discretization.Check(steps, sigmaMin, sigmaMax);
        double low = sigmaMin * sigmaMin;
        double high = sigmaMax * sigmaMax;
        return Discretization.Levels(steps, part => Math.Sqrt(high * Math.Pow(low / high, part)));
    }
}
