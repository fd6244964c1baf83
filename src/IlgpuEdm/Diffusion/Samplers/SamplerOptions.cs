using System.Globalization;
using System.Text.Json.Serialization;

namespace IlgpuEdm.Diffusion;

/// <summary>How images are sampled. The defaults are those of the paper for small images: Heun's method in 18 steps.</summary>
public sealed record SamplerOptions
{
    /// <summary>The names that <see cref="Solver"/> takes.</summary>
    public static IReadOnlyList<string> Solvers { get; } =
        ["heun", "euler", "midpoint", "ralston", "naive", "sde", "dpmpp-2m", "dpmpp-2m-sde"];

    /// <summary>
    /// <c>heun</c>, <c>euler</c>, <c>midpoint</c>, <c>ralston</c>, <c>naive</c>, <c>sde</c>, <c>dpmpp-2m</c> or <c>dpmpp-2m-sde</c>.
    /// </summary>
    public string Solver { get; init; } = "heun";

    /// <summary>alpha of the second-order family, in (0, 1], in place of Heun's 1; only with the solver <c>heun</c>.</summary>
    public double? Alpha { get; init; }

    /// <summary>Which noise levels are visited: <c>vp</c>, <c>ve</c>, <c>iddpm</c>, <c>edm</c> or <c>linear</c>.</summary>
    public string Discretization { get; init; } = "edm";

    /// <summary>sigma(t): <c>vp</c>, <c>ve</c> or <c>linear</c>.</summary>
    public string Schedule { get; init; } = "linear";

    /// <summary>s(t): <c>vp</c> or <c>none</c>.</summary>
    public string Scaling { get; init; } = "none";

    /// <summary>N, the number of steps, at least 1; the naive solver has steps of its own. See <see cref="Sampler.Evaluations"/>.</summary>
    public int Steps { get; init; } = 18;

    /// <summary>The lowest noise level before 0; null for that of the discretisation.</summary>
    public double? SigmaMin { get; init; }

    /// <summary>The noise level that sampling starts from; null for that of the discretisation.</summary>
    public double? SigmaMax { get; init; }

    /// <summary>rho, how much the steps of <c>edm</c> crowd at low noise levels (equation 5).</summary>
    public double Rho { get; init; } = 7;

    /// <summary>S_churn, how much fresh noise is added over all steps; 0 for none (algorithm 2).</summary>
    public double SChurn { get; init; }

    /// <summary>S_min, the lowest noise level at which churn adds noise.</summary>
    public double SMin { get; init; }

    /// <summary>S_max, the highest noise level at which churn adds noise; may be infinite.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double SMax { get; init; } = double.PositiveInfinity;

    /// <summary>S_noise, the standard deviation of all noise that is added while sampling.</summary>
    public double SNoise { get; init; } = 1;

    /// <summary>eta of <c>dpmpp-2m-sde</c>: 0 is the ODE, 1 the SDE.</summary>
    public double Eta { get; init; } = 1;

    /// <summary>The weight of the noise of <c>sde</c>: 0 is the ODE, 1 the SDE.</summary>
    public double SdeWeight { get; init; } = 1;

    internal bool IsRungeKutta => Solver is "heun" or "euler" or "midpoint" or "ralston";

    /// <summary>Whether noise is drawn while sampling, besides the latents.</summary>
    internal bool IsStochastic => SChurn > 0 || (Solver == "sde" && SdeWeight > 0) || (Solver == "dpmpp-2m-sde" && Eta > 0);

    /// <summary>Refuses values out of range and combinations that mean nothing.</summary>
    /// <exception cref="EdmException">A value is wrong; the message names its option.</exception>
    public void Validate()
    {
        OptionRange.OneOf("--solver", Solver, Solvers);
        OptionRange.OneOf("--discretization", Discretization, Diffusion.Discretization.Names);
        OptionRange.OneOf("--schedule", Schedule, NoiseSchedule.Names);
        OptionRange.OneOf("--scaling", Scaling, SignalScaling.Names);
        (double low, double high) = Diffusion.Discretization.DefaultRange(Discretization);
        Diffusion.Discretization.Check(Steps, SigmaMin ?? low, SigmaMax ?? high);
        OptionRange.Positive("--rho", Rho);
        OptionRange.NotNegative("--churn", SChurn);
        OptionRange.NotNegative("--s-min", SMin);
        OptionRange.Above("--s-max", SMax, "--s-min", SMin);
        OptionRange.NotNegative("--s-noise", SNoise);
        OptionRange.NotNegative("--eta", Eta);
        OptionRange.NotNegative("--sde-weight", SdeWeight);
        if (Alpha is double alpha && !(alpha is > 0 and <= 1))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture, $"--alpha is {alpha}; it must be above 0 and at most 1"));
        }

        OnlyWith(Alpha == null || Solver == "heun", $"--alpha goes with --solver heun, not {Solver}");
        OnlyWith(SChurn == 0 || IsRungeKutta, $"--churn goes with --solver heun, euler, midpoint or ralston, not {Solver}");
        OnlyWith(Schedule == "linear" || IsRungeKutta,
            $"--schedule {Schedule} goes with --solver heun, euler, midpoint or ralston; {Solver} needs linear");
        OnlyWith(Scaling == "none" || IsRungeKutta,
            $"--scaling {Scaling} goes with --solver heun, euler, midpoint or ralston; {Solver} needs none");
        OnlyWith(Discretization == "edm" || Solver != "naive",
            $"--discretization {Discretization} means nothing to --solver naive, which lowers the noise by 2 % a step; leave it out");
        OnlyWith(Rho == 7 || (Discretization == "edm" && Solver != "naive"),
            "--rho goes with --discretization edm, and not with --solver naive; leave it out");
        OnlyWith(SMin == 0 || SChurn > 0, "--s-min has no effect without --churn; give both or neither");
        OnlyWith(double.IsPositiveInfinity(SMax) || SChurn > 0, "--s-max has no effect without --churn; give both or neither");
        OnlyWith(SNoise == 1 || IsStochastic,
            "--s-noise has no effect on a solver that adds no noise; give --churn, or take --solver sde or dpmpp-2m-sde");
        OnlyWith(Eta == 1 || Solver == "dpmpp-2m-sde", $"--eta goes with --solver dpmpp-2m-sde, not {Solver}");
        OnlyWith(SdeWeight == 1 || Solver == "sde", $"--sde-weight goes with --solver sde, not {Solver}");
    }

    private static void OnlyWith(bool holds, string message)
    {
        if (!holds)
        {
            throw new EdmException(message);
        }
    }
}
