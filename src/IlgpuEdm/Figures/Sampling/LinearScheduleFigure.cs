using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace IlgpuEdm.Figures;

/// <summary>
/// The linear schedule alone: few long steps stay on its flow lines, for at high noise each line's tangent points at the mean of the data
/// (Karras et al. 2022, section 3).
/// </summary>
public sealed class LinearScheduleFigure : Figure
{
    private const double SigmaShown = 3;
    private const double SigmaMin = FlowPath.SigmaMin;
    private const double SigmaMax = FlowPath.SigmaMax;
    private const double Rho = FlowPath.Rho;
    private const int LongSteps = 3;
    private const double LongStepsEnd = 0.5;

    private readonly double[] _noise;
    private readonly FlowPath _lines;
    private readonly FlowPath _longSteps;

    /// <summary>Computes the lines and the gaps.</summary>
    /// <param name="lines">How many flow lines, started at evenly spaced quantiles of the noise.</param>
    /// <param name="sigmaEnd">The noise level down to which the gaps of few steps are measured, from 80.</param>
    public LinearScheduleFigure(int lines = 24, double sigmaEnd = 1)
    {
        _noise = OnePixelWorld.EvenNoise(lines);
        SigmaEnd = sigmaEnd;
        _lines = FlowPath.Lines(_noise, SigmaShown);
        double[] levels = EdmTimeSteps.Create(LongSteps + 1, LongStepsEnd, SigmaShown, Rho)[..^1];
        _longSteps = FlowPath.Euler(_noise, levels, new LinearSchedule(), new NoScaling());
        LongStepGap = FlowPath.Gap(_longSteps.States[^1], FlowPath.Exact(_noise, levels).States[^1]);

        TargetSigmas = EdmTimeSteps.Create(121, SigmaMin, SigmaMax, Rho)[..^1];
        FlowPath exact = FlowPath.Exact(_noise, TargetSigmas);
        Targets = [.. exact.States.Select((x, i) => FlowPath.Denoise(x, TargetSigmas[i]))];
        HighNoiseGaps = Gaps(sigmaEnd);
        WholeGaps = Gaps(SigmaMin);
    }

    /// <summary>The numbers of steps whose gaps are measured.</summary>
    public IReadOnlyList<int> Steps { get; } = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>The noise level down to which <see cref="HighNoiseGaps"/> are measured.</summary>
    public double SigmaEnd { get; }

    /// <summary>The noise levels of <see cref="Targets"/>, from 80 to 0.002.</summary>
    public IReadOnlyList<double> TargetSigmas { get; }

    /// <summary>
    /// Where the tangent of each line, extended to noise level 0, ends: x - sigma dx/dsigma, which is the denoiser's output;
    /// <c>[levels][lines]</c>.
    /// </summary>
    public IReadOnlyList<double[]> Targets { get; }

    /// <summary>
    /// Root mean square, over the lines, of the gap that Euler's method leaves at <see cref="SigmaEnd"/> after each number of
    /// <see cref="Steps"/> from 80 on the same noise levels (EDM's, rho = 7), for VP, VE and linear; <c>[schedules][numbers]</c>.
    /// </summary>
    public IReadOnlyList<double[]> HighNoiseGaps { get; }

    /// <summary>The same down to 0.002, the last level before 0.</summary>
    public IReadOnlyList<double[]> WholeGaps { get; }

    /// <summary>Root mean square of the gap after the few long steps that are drawn, from noise level 3 to 0.5.</summary>
    public double LongStepGap { get; }

    /// <summary>The mean of the data.</summary>
    public static double DataMean { get; } = GaussianMixture.TwoPeaks.Components.Sum(component => component.Weight * component.Mean[0]);

    /// <inheritdoc/>
    public override int Number => 10;

    /// <inheritdoc/>
    public override string Name => "linear-schedule";

    /// <inheritdoc/>
    public override string Title => "The linear schedule: few long steps stay on the lines";

    /// <inheritdoc/>
    public override int Columns => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "On the linear schedule time is the noise level, and the flow has a plain meaning: its direction at a point is the straight way to "
        + "what the denoiser makes of that point, reached at noise level 0. A line is straight as long as the denoiser does not change its "
        + FormattableString.Invariant($"mind. The first plot has {LongSteps} steps of Euler's method from noise level {SigmaShown} to ")
        + FormattableString.Invariant($"{LongStepsEnd}, and where each line points at its start; the steps end {LongStepGap:0.000} off ")
        + "their lines.",
        "The second plot shows where the lines point, by noise level. Far right, all images are buried, so that the best guess is the mean "
        + FormattableString.Invariant($"of all data for every one of them ({DataMean:0.000}): the lines are straight and aim at one ")
        + "point. On the way down the noise lets through which peak a pixel belongs to, and the guesses part; there the lines bend, and "
        + "nothing that a schedule does can help it.",
        FormattableString.Invariant($"The third plot shows the gap after steps from {SigmaMax} to {SigmaEnd}, the same noise levels for ")
        + FormattableString.Invariant($"every schedule. After {Steps[2]} steps it is {HighNoiseGaps[2][2]:0.000} on the linear schedule, ")
        + FormattableString.Invariant($"{HighNoiseGaps[0][2]:0.000} for VP and {HighNoiseGaps[1][2]:0.0} for VE. ")
        + FormattableString.Invariant($"All the way down to {SigmaMin}, {Steps[4]} steps leave {WholeGaps[2][4]:0.000}, ")
        + FormattableString.Invariant($"{WholeGaps[0][4]:0.000} and {WholeGaps[1][4]:0.00}: in this world of one pixel VP ends nearer ")
        + "after all, for at low noise, where the data bend the lines, it saves more than it lost above.",
        "Drawn by LinearSchedule, VpSchedule, VeSchedule and EdmTimeSteps; the steps by AblationSampler, what they are held against by "
        + "AdaptiveOde.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [LongStepsPanel(), TargetsPanel(), GapsPanel()];

    private double[][] Gaps(double sigmaEnd)
    {
        double[] exact = FlowPath.Exact(_noise, [SigmaMax, sigmaEnd]).States[^1];
        return [.. SchedulesFigure.Choices.Select(choice => Steps.Select(steps =>
        {
            double[] levels = EdmTimeSteps.Create(steps + 1, sigmaEnd, SigmaMax, Rho)[..^1];
            return FlowPath.Gap(FlowPath.Euler(_noise, levels, choice.Schedule, choice.Scaling).States[^1], exact);
        }).ToArray())];
    }

    private Panel LongStepsPanel()
    {
        Plot plot = FigureStyle.Plot("noise level σ = time", "pixel value", "Long steps along nearly straight lines");
        FlowPath lines = _lines.Thinned(8);
        for (int line = 0; line < _noise.Length; line++)
        {
            plot.Line(lines.Sigmas, lines.States.Select(x => x[line]), FigureStyle.Faint, 1);
        }

        int[] shown = [_noise.Length / 12, _noise.Length / 3, _noise.Length * 2 / 3, _noise.Length * 11 / 12];
        foreach (int line in shown)
        {
            double start = _longSteps.States[0][line];
            double target = FlowPath.Denoise([start], SigmaShown)[0];
            bool named = line == shown[0];
            plot.Line([SigmaShown, 0], [start, target], FigureStyle.Colours[1], 1).LegendText = named ? "direction at the start" : "";
            plot.Line(_longSteps.Sigmas, _longSteps.States.Select(x => x[line]), FigureStyle.Colours[0]).LegendText
                = named ? "steps of Euler's method" : "";
            for (int i = 0; i < LongSteps; i++)
            {
                plot.Arrow((_longSteps.Sigmas[i], _longSteps.States[i][line]), (_longSteps.Sigmas[i + 1], _longSteps.States[i + 1][line]),
                    FigureStyle.Colours[0]);
            }
        }

        double height = _lines.States[0].Max(Math.Abs) * 1.05;
        plot.Axes.SetLimits(-0.05, SigmaShown * 1.02, -height, height);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "Flow lines of the linear schedule, nearly straight, with three long steps along four of them.");
    }

    private Panel TargetsPanel()
    {
        Plot plot = FigureStyle.Plot("noise level σ", "where the line points", "All lines first aim at one point");
        double[] sigmas = [.. TargetSigmas.Select(Math.Log10)];
        var mean = plot.Line([sigmas[^1], sigmas[0]], [DataMean, DataMean], FigureStyle.Colours[1], 3);
        mean.LegendText = "mean of the data";
        for (int line = 0; line < _noise.Length; line++)
        {
            var curve = plot.Line(sigmas, Targets.Select(target => target[line]), FigureStyle.Colours[0], 1);
            curve.LegendText = line == 0 ? "one line each" : "";
        }

        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        plot.Axes.SetLimits(sigmas[^1] - 0.05, sigmas[0] + 0.05, -0.85, 0.95);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "Where the tangents of flow lines end: all at the data's mean at high noise, at two peaks at low noise.");
    }

    private Panel GapsPanel()
    {
        Plot plot = FigureStyle.Plot("steps of Euler's method", "gap to the line",
            FormattableString.Invariant($"From σ = {SigmaMax} to {SigmaEnd} in few steps"));
        for (int k = 0; k < HighNoiseGaps.Count; k++)
        {
            var curve = plot.Marked(Steps.Select(steps => Math.Log10(steps)), HighNoiseGaps[k].Select(gap => Math.Log10(gap)),
                FigureStyle.Colours[k], PlotMarks.Mark(k));
            curve.LegendText = SchedulesFigure.Choices[k].Name;
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. Steps.Select(steps => Math.Log10(steps))], [.. Steps.Select(steps => FormattableString.Invariant($"{steps}"))]);
        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The gap that steps at high noise leave, by their number: smallest on the linear schedule.");
    }
}
