using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>
/// A step of Heun's method, and the error of four solvers by the number of denoiser calls (Karras et al. 2022, section 3).
/// </summary>
public sealed class SolversFigure : Figure
{
    private const double SigmaMin = FlowPath.SigmaMin;
    private const double SigmaMax = FlowPath.SigmaMax;
    private const double Rho = FlowPath.Rho;
    private const int FittedFromSteps = 128;
    private const double AskedError = 1e-2;

    private static readonly int[] _steps = [6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

    private readonly int _lines;

    /// <summary>Computes the step and the errors.</summary>
    /// <param name="lines">
    /// How many flow lines errors are measured on, started at evenly spaced quantiles of the noise. Where one of them starts nearly on
    /// the ridge between the peaks, errors fall by their powers only with more steps.
    /// </param>
    public SolversFigure(int lines = 64)
    {
        _lines = lines;
        Step = new HeunStepParts();
        double[] noise = OnePixelWorld.EvenNoise(lines);
        double[] exact = FlowPath.Exact(noise, [SigmaMax, SigmaMin]).States[^1];
        Solvers =
        [
            Measure("Euler", 1, t => EulerSampler.Sample(FlowPath.Denoise, noise, t)),
            Measure("Heun", 2, t => HeunSampler.Sample(FlowPath.Denoise, noise, t)),
            Measure("DPM-Solver++(2M)", 1, t => DpmSolverSampler.Sample(FlowPath.Denoise, noise, t)),
        ];

        // The state before the last denoising, as of the others; the loop ends within 2 % of SigmaMin.
        SamplerStep last = default;
        NaiveSampler.Sample(FlowPath.Denoise, noise, SigmaMin, SigmaMax, step => last = step);
        double[] end = FlowPath.Exact(noise, [SigmaMax, last.Sigma]).States[^1];
        Naive = new SolverErrors("naive", [last.Index], [FlowPath.Gap(last.X, end)]);

        SolverErrors Measure(string name, int callsPerStep, Func<double[], double[]> sample) => SolverErrors.Measure(
            name, callsPerStep, FittedFromSteps, _steps, n => EdmTimeSteps.Create(n + 1, SigmaMin, SigmaMax, Rho)[..^1], exact, sample);
    }

    /// <summary>One step of Heun's method in its parts.</summary>
    public HeunStepParts Step { get; }

    /// <summary>Euler, Heun and DPM-Solver++(2M) on EDM's time steps from 80 to 0.002 with rho = 7.</summary>
    public IReadOnlyList<SolverErrors> Solvers { get; }

    /// <summary>The naive loop between the same noise levels. Its steps are always 2 %, so that it is one point.</summary>
    public SolverErrors Naive { get; }

    /// <inheritdoc/>
    public override int Number => 12;

    /// <inheritdoc/>
    public override string Name => "solvers";

    /// <inheritdoc/>
    public override string Title => "Heun's step, and what each denoiser call buys";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "Euler's step goes straight on in the direction at its start and so leaves a line that bends. Heun's method takes it as a trial: "
        + "it asks for the direction at the landing point too, goes another step in that one, and comes back half of the way. "
        + FormattableString.Invariant($"In the first plot, from noise level {Step.From} to {Step.To}, Euler's step lands ")
        + FormattableString.Invariant($"{Step.EulerGap:0.0000} off the line and Heun's {Step.HeunGap:0.0000}, ")
        + FormattableString.Invariant($"{Step.EulerGap / Step.HeunGap:0.0} times nearer for twice the denoiser calls."),
        "That pays, for the error falls with another power of the number of calls. Fitted to the second plot, from "
        + FormattableString.Invariant($"{FittedFromSteps} steps on, the order is {Solvers[0].Order:0.00} for Euler, ")
        + FormattableString.Invariant($"{Solvers[1].Order:0.00} for Heun and {Solvers[2].Order:0.00} for DPM-Solver++(2M): ten times the ")
        + "calls divide the error by about ten for the first and by about a hundred for the others. DPM-Solver++(2M) needs one call a "
        + "step, for it takes the trend from the step before.",
        FormattableString.Invariant($"An error of {AskedError} takes {Solvers[0].EvaluationsFor(AskedError):0} calls with Euler, ")
        + FormattableString.Invariant($"{Solvers[1].EvaluationsFor(AskedError):0} with Heun and ")
        + FormattableString.Invariant($"{Solvers[2].EvaluationsFor(AskedError):0} with DPM-Solver++(2M). The naive loop, which lowers the ")
        + FormattableString.Invariant($"noise by 2 % a step whatever happens, ends {Naive.Errors[0]:0.0000} off after ")
        + FormattableString.Invariant($"{Naive.Evaluations[0]} calls: it is Euler's method with even ratios, and one point, since nothing ")
        + "about it can be chosen but the ends.",
        FormattableString.Invariant($"Errors are root mean squares over {_lines} flow lines from {SigmaMax} to {SigmaMin} on EdmTimeSteps ")
        + FormattableString.Invariant($"with ρ = {Rho}, ")
        + "before the last denoising to 0, which would add the same small error to all. Drawn by EulerSampler, HeunSampler, "
        + "DpmSolverSampler and NaiveSampler, held against AdaptiveOde.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [Step.Draw(), ErrorsPanel()];

    private Panel ErrorsPanel()
    {
        Plot plot = FigureStyle.Plot("denoiser calls", "error at the end", "Error by denoiser calls");
        foreach ((int i, SolverErrors solver) in Solvers.Index())
        {
            var curve = plot.Marked(solver.Evaluations.Select(calls => Math.Log10(calls)), solver.Errors.Select(Math.Log10),
                FigureStyle.Colours[i], PlotMarks.Mark(i));
            curve.LegendText = FormattableString.Invariant($"{solver.Name}: order {solver.Order:0.00}");
        }

        var naive = plot.Marked(
            [Math.Log10(Naive.Evaluations[0])], [Math.Log10(Naive.Errors[0])], FigureStyle.Colours[3], PlotMarks.Mark(3));
        naive.LineWidth = 0;
        naive.MarkerSize = 12;
        naive.LegendText = "naive, 2 % a step";
        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "Errors of four solvers by denoiser calls: Euler's falls with the first power, the others' with the second.",
            Height: HeunStepParts.PanelHeight);
    }
}
