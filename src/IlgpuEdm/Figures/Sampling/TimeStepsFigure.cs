using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace IlgpuEdm.Figures;

/// <summary>Where time steps lie on the noise axis, and the error that each step makes (Karras et al. 2022, figure 13a).</summary>
public sealed class TimeStepsFigure : Figure
{
    private const double SigmaMin = FlowPath.SigmaMin;
    private const double SigmaMax = FlowPath.SigmaMax;

    private static readonly double[] _rhos = [3, 5, 7, 10];

    private readonly int _steps;
    private readonly int _lines;

    /// <summary>Computes the errors.</summary>
    /// <param name="steps">N, the number of steps with the last one to 0.</param>
    /// <param name="lines">How many flow lines errors are measured on, started at evenly spaced quantiles of the noise.</param>
    public TimeStepsFigure(int steps = 18, int lines = 64)
    {
        _steps = steps;
        _lines = lines;
        double[] noise = OnePixelWorld.EvenNoise(lines);
        Choices =
        [
            new TimeStepErrors("linear", LinearTimeSteps.Create(steps, SigmaMin, SigmaMax), noise),
            .. _rhos.Select(rho => new TimeStepErrors(
                FormattableString.Invariant($"ρ = {rho}"), EdmTimeSteps.Create(steps, SigmaMin, SigmaMax, rho), noise)),
        ];
    }

    /// <summary>Linear steps, then EDM's with rho = 3, 5, 7 and 10.</summary>
    public IReadOnlyList<TimeStepErrors> Choices { get; }

    /// <inheritdoc/>
    public override int Number => 11;

    /// <inheritdoc/>
    public override string Name => "time-steps";

    /// <inheritdoc/>
    public override string Title => "Where to take short steps";

    /// <inheritdoc/>
    public override int Columns => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text
    {
        get
        {
            TimeStepErrors linear = Choices[0];
            TimeStepErrors seven = Choices[_rhos.IndexOf(7) + 1];
            return
            [
                FormattableString.Invariant($"A sampler may spend its {_steps} steps where it likes. Evenly spaced noise levels look ")
                + FormattableString.Invariant($"fair, but then one single step leads from {linear.Sigmas[^2]:0.0} to {SigmaMin}, through ")
                + "all of the noise levels at which an image takes shape. EDM spaces the ρ-th root of the noise level evenly instead: the "
                + "larger ρ, the more steps lie at low noise. In the first plot each tick is a noise level that is visited.",
                "The other plots show how far a single step lands off the flow line that it starts on, root mean square over "
                + FormattableString.Invariant($"{_lines} lines. The worst of the linear steps is {linear.Euler.Max():0.00} off with ")
                + FormattableString.Invariant($"Euler's method; with ρ = 7 the worst is {seven.Euler.Max():0.000}. The largest error ")
                + FormattableString.Invariant($"of a step is {Ratio(linear.Euler)} times the smallest with linear steps, ")
                + FormattableString.Invariant($"{Ratio(seven.Euler)} times with ρ = 7. Heun's steps behave alike: ")
                + FormattableString.Invariant($"{linear.Heun.Max():0.0} and {seven.Heun.Max():0.000}."),
                "Larger ρ moves error from low noise to high: by the middles of the steps, the centre of Euler's error lies at noise level "
                + string.Join(
                    ", ", Choices.Select(choice => FormattableString.Invariant($"{choice.Centre(choice.Euler):0.00} ({choice.Name})")))
                + ". The flow bends at the same levels for all of them, between about 0.2 and 2, where a pixel settles for one of the two "
                + "peaks; what differs is how finely a choice goes through them. On images the paper found ρ from 5 to 10 to do best, and "
                + "took 7.",
                "Drawn by LinearTimeSteps and EdmTimeSteps; the steps are those of EulerSampler and HeunSampler, held against AdaptiveOde. "
                + "The last step, to noise level 0, is the same for all and left out.",
            ];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() =>
        [TicksPanel(), ErrorsPanel("Euler", choice => choice.Euler), ErrorsPanel("Heun", choice => choice.Heun)];

    private static string Ratio(IReadOnlyList<double> errors) =>
        TimeStepErrors.Spread(errors).ToString("#,0", System.Globalization.CultureInfo.InvariantCulture);

    private static void NoiseAxis(Plot plot)
    {
        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        plot.Axes.SetLimitsX(Math.Log10(SigmaMin) - 0.1, Math.Log10(SigmaMax) + 0.08);
    }

    private Panel TicksPanel()
    {
        Plot plot = FigureStyle.Plot("noise level σ", "", FormattableString.Invariant($"The noise levels of {_steps} steps"));
        var rows = new NumericManual();
        foreach ((int i, TimeStepErrors choice) in Choices.Index())
        {
            double row = Choices.Count - i;
            rows.AddMajor(row, choice.Name);
            double[] x = [.. choice.Sigmas.Select(Math.Log10)];
            var ticks = plot.Add.Markers(x, [.. x.Select(_ => row)], MarkerShape.VerticalBar, 22, FigureStyle.Colours[i]);
            ticks.MarkerLineWidth = 2;
        }

        plot.Axes.Left.TickGenerator = rows;
        NoiseAxis(plot);
        plot.Axes.SetLimitsY(0.4, Choices.Count + 0.6);
        return new Panel(plot, "Linear time steps crowd at high noise; the larger rho, the more steps lie at low noise.");
    }

    private Panel ErrorsPanel(string solver, Func<TimeStepErrors, IReadOnlyList<double>> errors)
    {
        Plot plot = FigureStyle.Plot(
            "noise level σ at which the step starts", "error of the step", $"Error of each step of {solver}'s method");
        foreach ((int i, TimeStepErrors choice) in Choices.Index())
        {
            var curve = plot.Marked(choice.Sigmas.SkipLast(1).Select(Math.Log10), errors(choice).Select(Math.Log10), FigureStyle.Colours[i],
                PlotMarks.Mark(i));
            curve.LegendText = choice.Name;
        }

        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        NoiseAxis(plot);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, $"The error of each step of {solver}'s method by noise level: linear steps make one huge error at the end.");
    }
}
