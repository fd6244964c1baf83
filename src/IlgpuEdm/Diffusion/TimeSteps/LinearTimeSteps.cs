namespace IlgpuEdm.Diffusion;

/// <summary>
/// Evenly spaced noise levels, the plainest choice and a poor one, for most of them are high:
/// sigma_i = sigma_max + i/(N-1) (sigma_min - sigma_max) for i below N, and sigma_N = 0; EDM's with rho = 1.
/// </summary>
public static class LinearTimeSteps
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
        return Discretization.Levels(steps, part => sigmaMax + part * (sigmaMin - sigmaMax));
    }
}
