using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>Any sampler by its options: the way from latents to images that the command line and <see cref="ImageSampler"/> take.</summary>
public static class Sampler
{
    /// <summary>Samples.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latents">Standard normal numbers, flattened, one for each value of the images.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="range">The noise levels that the denoiser was made for; null for all.</param>
    /// <param name="noise">
    /// Standard normals for churn and the SDE solvers; draw i is for step i. May be null where the options add no noise.
    /// </param>
    /// <param name="onStep">Called once a step, after its first denoiser call; what it throws ends the sampling.</param>
    /// <returns>The images, a new array.</returns>
    /// <exception cref="EdmException">An option is wrong, or the denoiser gave values that are no numbers.</exception>
    public static double[] Sample(Denoiser denoise, double[] latents, SamplerOptions options, SigmaRange? range = null,
        NoiseSource? noise = null, Action<SamplerStep>? onStep = null)
    {
        SigmaRange known = range ?? SigmaRange.Unlimited;
        (double sigmaMin, double sigmaMax) = Ends(options, known);
        if (options.Solver == "naive")
        {
            return NaiveSampler.Sample(denoise, latents, sigmaMin, sigmaMax, onStep);
        }

        double[] t = NoiseLevels(options, known);
        if (options.Solver == "sde")
        {
            return SdeSampler.Sample(denoise, latents, t, options.SdeWeight, options.SNoise, noise, onStep);
        }

        if (!options.IsRungeKutta)
        {
            double eta = options.Solver == "dpmpp-2m" ? 0 : options.Eta;
            return DpmSolverSampler.Sample(denoise, latents, t, eta, options.SNoise, noise, onStep);
        }

        double? alpha = options.Solver switch { "euler" => null, "midpoint" => 1.0 / 2, "ralston" => 2.0 / 3, _ => options.Alpha ?? 1 };
        var churn = new Churn(options.SChurn, options.SMin, options.SMax, options.SNoise);
        bool plain = options is { Schedule: "linear", Scaling: "none" };
        return (plain, alpha) switch
        {
            (true, null) when churn.SChurn == 0 => EulerSampler.Sample(denoise, latents, t, onStep),
            (true, 1) when churn.SChurn == 0 => HeunSampler.Sample(denoise, latents, t, onStep),
            (true, 1) => StochasticSampler.Sample(denoise, latents, t, churn, noise, known.Round, onStep),
            _ => Ablation(NoiseSchedule.Create(options.Schedule, sigmaMin, sigmaMax)),
        };

        double[] Ablation(NoiseSchedule schedule) => AblationSampler.Sample(
            denoise, latents, t, schedule, SignalScaling.Create(options.Scaling, schedule), alpha, churn, noise, known.Round, onStep);
    }

    /// <summary>
    /// The noise levels that sampling visits, from the first to 0: those of the discretisation within the denoiser's range, each
    /// rounded to one that it knows; levels that rounding makes equal are visited once.
    /// </summary>
    /// <param name="options">How to sample; not with the naive solver, whose levels are its own.</param>
    /// <param name="range">The noise levels that the denoiser was made for; null for all.</param>
    /// <returns>sigma_0 to sigma_N = 0, strictly decreasing.</returns>
    /// <exception cref="EdmException">An option is wrong.</exception>
    public static double[] NoiseLevels(SamplerOptions options, SigmaRange? range = null)
    {
        SigmaRange known = range ?? SigmaRange.Unlimited;
        (double sigmaMin, double sigmaMax) = Ends(options, known);
        double[] sigma = Discretization.Create(options.Discretization, options.Steps, sigmaMin, sigmaMax, options.Rho);
        return known.Round == null ? sigma : [.. sigma[..^1].Select(known.Round).Append(0).Distinct()];
    }

    /// <summary>How often sampling calls the denoiser, for each image; fewer where rounding makes noise levels equal.</summary>
    /// <param name="options">How to sample.</param>
    /// <param name="range">The noise levels that the denoiser was made for; null for all.</param>
    /// <returns>The number of calls, NFE in the paper.</returns>
    /// <exception cref="EdmException">An option is wrong.</exception>
    public static int Evaluations(SamplerOptions options, SigmaRange? range = null)
    {
        (double sigmaMin, double sigmaMax) = Ends(options, range ?? SigmaRange.Unlimited);
        return options.Solver switch
        {
            "naive" => NaiveSampler.Evaluations(sigmaMin, sigmaMax),
            "heun" or "midpoint" or "ralston" => 2 * options.Steps - 1,
            _ => options.Steps,
        };
    }

    internal static (double SigmaMin, double SigmaMax) Ends(SamplerOptions options, SigmaRange known)
    {
        options.Validate();
        (double low, double high) = Discretization.DefaultRange(options.Discretization);
        double sigmaMin = Math.Max(options.SigmaMin ?? low, known.Min);
        double sigmaMax = Math.Min(options.SigmaMax ?? high, known.Max);
        return sigmaMin < sigmaMax ? (sigmaMin, sigmaMax) : throw new EdmException(string.Create(CultureInfo.InvariantCulture,
            $"the denoiser knows noise levels of {known.Min:g4} to {known.Max:g4} only; change --sigma-min or --sigma-max to meet them"));
    }
}
