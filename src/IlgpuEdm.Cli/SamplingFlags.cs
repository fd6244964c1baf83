using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli;

/// <summary>The options that say how images come out of noise, shared by <c>sample</c>, <c>interpolate</c> and <c>edit</c>.</summary>
internal sealed class SamplingFlags
{
    private readonly Option<string> solver = Solver();

    private readonly Option<int> steps = Options.Integer("--steps", Defaults.Steps, 1, CommonFlags.MostSteps,
        "Time steps. Solvers of the second order evaluate the network twice in all but the last.");

    private readonly Option<string> discretization = Options.Choice("--discretization", [.. Discretization.Names],
        Defaults.Discretization, "Which noise levels are visited.");

    private readonly Option<string> schedule = Options.Choice("--schedule", [.. NoiseSchedule.Names], Defaults.Schedule,
        "How the noise level depends on time.");

    private readonly Option<string> scaling = Options.Choice("--scaling", [.. SignalScaling.Names], Defaults.Scaling,
        "How the image is scaled on the way.");

    private readonly Option<NumberOrAuto> sigmaMin = Level("--sigma-min",
        "The lowest noise level above 0; 'auto' is the discretisation's.");

    private readonly Option<NumberOrAuto> sigmaMax = Level("--sigma-max",
        "The highest noise level; 'auto' is the discretisation's. Neither goes beyond what the network knows.");

    private readonly Option<double> rho = Options.Positive("--rho", Defaults.Rho,
        "How much the time steps of 'edm' crowd at low noise levels.");

    private readonly Option<double> churn = NotNegative("--churn", Defaults.SChurn, "Noise added on the way, over all steps: S_churn.");

    private readonly Option<double> sMin = NotNegative("--s-min", Defaults.SMin, "The lowest noise level at which --churn adds noise.");

    private readonly Option<double?> sMax = Options.Optional<double>("--s-max", "X", "a number above 0",
        "The highest noise level at which --churn adds noise. [default: none]",
        text => Options.TryNumber(text) is > 0 and var x ? x : null);

    private readonly Option<double> sNoise = NotNegative("--s-noise", Defaults.SNoise, "The strength of all noise added on the way.");

    private readonly Option<double?> alpha = Options.Optional<double>("--alpha", "X", "a number above 0 and at most 1",
        "With --solver heun: another method of its family; 1/2 is midpoint, 2/3 ralston. [default: 1]",
        text => Options.TryNumber(text) is > 0 and <= 1 and var x ? x : null);

    private readonly Option<double> eta = NotNegative("--eta", Defaults.Eta, "With --solver dpmpp-2m-sde: 0 is the ODE, 1 the SDE.");

    private readonly Option<double> sdeWeight = NotNegative("--sde-weight", Defaults.SdeWeight,
        "With --solver sde: the weight of its noise; 0 is the ODE, 1 the SDE.");

    private readonly ToleranceFlags tolerance = new("With --solver adaptive: ");

    private static SamplerOptions Defaults { get; } = new();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options.</summary>
    public Option[] All =>
    [
        solver, steps, discretization, schedule, scaling, sigmaMin, sigmaMax, rho, churn, sMin, sMax, sNoise, alpha, eta, sdeWeight,
        .. tolerance.All,
    ];

    /// <summary>What was asked for, checked.</summary>
    public ImageSamplerOptions Read(ParseResult parsed)
    {
        string name = parsed.GetValue(solver)!;
        bool adaptive = name == ImageSamplerOptions.AdaptiveSolver;
        if (adaptive)
        {
            parsed.Refuse("means nothing to --solver adaptive, whose steps follow --rtol and --atol", steps, discretization, schedule,
                scaling, rho, churn, sMin, sMax, sNoise, alpha, eta, sdeWeight);
        }
        else
        {
            tolerance.Refuse(parsed, $"goes with --solver adaptive, not {name}");
        }

        if (name == "naive")
        {
            parsed.Refuse("means nothing to --solver naive, which lowers the noise by 2 % a step", steps);
        }

        var options = new ImageSamplerOptions
        {
            Adaptive = adaptive ? tolerance.Read(parsed) : null,
            Sampler = new SamplerOptions
            {
                Solver = adaptive ? Defaults.Solver : name,
                Steps = parsed.GetValue(steps),
                Discretization = parsed.GetValue(discretization)!,
                Schedule = parsed.GetValue(schedule)!,
                Scaling = parsed.GetValue(scaling)!,
                SigmaMin = parsed.GetValue(sigmaMin).Number,
                SigmaMax = parsed.GetValue(sigmaMax).Number,
                Rho = parsed.GetValue(rho),
                SChurn = parsed.GetValue(churn),
                SMin = parsed.GetValue(sMin),
                SMax = parsed.GetValue(sMax) ?? Defaults.SMax,
                SNoise = parsed.GetValue(sNoise),
                Alpha = parsed.GetValue(alpha),
                Eta = parsed.GetValue(eta),
                SdeWeight = parsed.GetValue(sdeWeight),
            },
        };
        options.Validate();
        return options;
    }

    /// <summary>A noise level above 0, or <c>auto</c>.</summary>
    public static Option<NumberOrAuto> Level(string name, string description) =>
        Options.Parsed(name, "X|auto", new NumberOrAuto(null), "a number above 0, or auto", description,
            text => NumberOrAuto.TryParse(text) is { Number: null or > 0 } number ? number : null);

    private static Option<double> NotNegative(string name, double value, string description) =>
        Options.Number(name, value, "a number, at least 0", x => x >= 0, description);

    // So many names would make the help's first column as wide as the page.
    private static Option<string> Solver()
    {
        Option<string> option = Options.Choice("--solver", [.. ImageSamplerOptions.Solvers], Defaults.Solver,
            $"How a step is taken: {string.Join(", ", ImageSamplerOptions.Solvers)}. See docs/samplers.md.");
        option.HelpName = "NAME";
        return option;
    }
}
