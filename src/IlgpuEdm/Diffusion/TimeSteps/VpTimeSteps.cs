namespace IlgpuEdm.Diffusion;

/// <summary>
/// The time steps of VP (Karras et al. 2022, table 1): evenly spaced times t_i = 1 + i/(N-1) (eps_s - 1) of the VP schedule with
/// sigma(eps_s) = sigma_min and sigma(1) = sigma_max.
/// </summary>
public static class VpTimeSteps
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
        VpSchedule schedule = VpSchedule.Between(sigmaMin, sigmaMax);
        return Discretization.Levels(steps, part => schedule.Sigma(1 + part * (VpSchedule.EpsilonS - 1)));
    }
}
