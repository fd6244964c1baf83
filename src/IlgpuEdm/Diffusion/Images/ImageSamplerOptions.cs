namespace IlgpuEdm.Diffusion;

/// <summary>How <see cref="ImageSampler"/> samples: with fixed steps, or with steps that follow their error.</summary>
public sealed record ImageSamplerOptions
{
    /// <summary>The name of the solver whose steps follow their error.</summary>
    public const string AdaptiveSolver = "adaptive";

    /// <summary>The names of all solvers: those of <see cref="SamplerOptions.Solvers"/> and <c>adaptive</c>.</summary>
    public static IReadOnlyList<string> Solvers { get; } = [.. SamplerOptions.Solvers, AdaptiveSolver];

    /// <summary>The sampler of fixed steps; of the adaptive solver the noise levels SigmaMin and SigmaMax alone.</summary>
    public SamplerOptions Sampler { get; init; } = new();

    /// <summary>Null for fixed steps; else the images are sampled one by one by <see cref="AdaptiveOde"/>.</summary>
    public AdaptiveTolerance? Adaptive { get; init; }

    /// <summary>Refuses values out of range and combinations that mean nothing.</summary>
    /// <exception cref="EdmException">A value is wrong; the message names its option.</exception>
    public void Validate()
    {
        Sampler.Validate();
        var levels = new SamplerOptions { Steps = Sampler.Steps, SigmaMin = Sampler.SigmaMin, SigmaMax = Sampler.SigmaMax };
        if (Adaptive is not null && Sampler != levels)
        {
            throw new EdmException("--solver adaptive takes --sigma-min, --sigma-max, --rtol, --atol and --max-evaluations only");
        }

        Adaptive?.Options().Validate();
    }
}

/// <summary>How exactly the adaptive solver works; see <see cref="AdaptiveOdeOptions"/>.</summary>
/// <param name="Relative">rtol, at least 0.</param>
/// <param name="Absolute">atol, above 0.</param>
/// <param name="MaxEvaluations">How often the denoiser may be called for one image.</param>
public sealed record AdaptiveTolerance(double Relative = 1e-4, double Absolute = 1e-4, int MaxEvaluations = 2000)
{
    /// <summary>The options of the solver for a network.</summary>
    /// <param name="levels">Of which the noise levels SigmaMin and SigmaMax count.</param>
    /// <param name="network">The network, beyond whose noise levels the solver does not go.</param>
    /// <returns>The options.</returns>
    /// <exception cref="EdmException">A noise level is out of range.</exception>
    public AdaptiveOdeOptions Options(SamplerOptions levels, GuidedNetwork network)
    {
        (double sigmaMin, double sigmaMax) = Diffusion.Sampler.Ends(levels, network.Range);
        return Options() with { SigmaMin = sigmaMin, SigmaMax = sigmaMax, SigmaData = network.SigmaData };
    }

    internal AdaptiveOdeOptions Options() =>
        new() { RelativeTolerance = Relative, AbsoluteTolerance = Absolute, MaxEvaluations = MaxEvaluations };
}
