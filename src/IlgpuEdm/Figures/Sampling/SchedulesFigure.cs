using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace IlgpuEdm.Figures;

/// <summary>
/// The flow lines in the pictures of the VP, VE and linear schedules, how far they turn there, and what Euler's method makes of it
/// (Karras et al. 2022, figure 3).
/// </summary>
public sealed class SchedulesFigure : Figure
{
    private const int Thinning = 8;
    private const int HeldMilliseconds = 1200;
    private const int MovingMilliseconds = 100;
    private const int MovingFrames = 7;

    private readonly FlowPath _lines;
    private readonly int[] _walkers;
    private readonly double[] _noise;
    private readonly double _sigmaMax;
    private readonly int _steps;

    /// <summary>Computes the lines.</summary>
    /// <param name="lines">How many flow lines, started at evenly spaced quantiles of the noise.</param>
    /// <param name="sigmaMax">The highest noise level of the pictures.</param>
    /// <param name="steps">Steps of Euler's method in each picture, equally long in it.</param>
    public SchedulesFigure(int lines = 25, double sigmaMax = 3, int steps = 3)
    {
        _sigmaMax = sigmaMax;
        _steps = steps;
        _noise = OnePixelWorld.EvenNoise(lines);

        // Even numbers, for the film draws every second line.
        _walkers = [.. new[] { 1.0 / 6, 7.0 / 12, 11.0 / 12 }.Select(part => (int)(part * lines) / 2 * 2)];
        _lines = FlowPath.Lines(_noise, sigmaMax);
        FlowPath whole = FlowPath.Lines(_noise, FlowPath.SigmaMax);
        Pictures = [.. Choices.Select(choice => new SchedulePicture(choice.Name, choice.Schedule, choice.Scaling, _lines))];
        WholePictures = [.. Choices.Select(choice => new SchedulePicture(choice.Name, choice.Schedule, choice.Scaling, whole))];
    }

    /// <summary>The schedules that are compared, as the paper's table 1 has them.</summary>
    internal static IReadOnlyList<(string Name, NoiseSchedule Schedule, SignalScaling Scaling)> Choices { get; } =
    [
        ("VP", new VpSchedule(), new VpScaling(new VpSchedule())),
        ("VE", new VeSchedule(), new NoScaling()),
        ("linear", new LinearSchedule(), new NoScaling()),
    ];

    /// <summary>The pictures of VP, VE and linear up to the noise level that is drawn, with how far lines turn in each.</summary>
    public IReadOnlyList<SchedulePicture> Pictures { get; }

    /// <summary>The same up to noise level 80, where sampling starts.</summary>
    public IReadOnlyList<SchedulePicture> WholePictures { get; }

    /// <inheritdoc/>
    public override int Number => 9;

    /// <inheritdoc/>
    public override string Name => "schedules";

    /// <inheritdoc/>
    public override string Title => "The same flow in the pictures of three noise schedules";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "A noise schedule says how strong the noise is at which time. Another schedule changes nothing about the flow itself: each noise "
        + "pixel still ends as the same clean pixel. It only stretches the time axis here and squeezes it there, and the VP schedule "
        + "shrinks noisy states besides, so that they keep about the size of the data. Yet this bends the lines, and a solver goes in "
        + "straight steps: where a line bends, a step leaves it.",
        FormattableString.Invariant($"Stretched to a square, a line of the picture turns by {Pictures[0].MeanDegrees:0}° on average for ")
        + FormattableString.Invariant($"VP, {Pictures[1].MeanDegrees:0}° for VE and {Pictures[2].MeanDegrees:0}° for the linear schedule ")
        + FormattableString.Invariant($"up to noise level {_sigmaMax}. Up to 80, where sampling starts, it is ")
        + FormattableString.Invariant($"{WholePictures[0].MeanDegrees:0}°, {WholePictures[1].MeanDegrees:0}° and ")
        + FormattableString.Invariant($"{WholePictures[2].MeanDegrees:0}°: on linear time, more noise adds hardly any bend."),
        FormattableString.Invariant($"The dots are {_steps} steps of Euler's method, equally long in each picture, from three noise ")
        + "pixels. All lines start at evenly spaced quantiles of the noise, so that they crowd where pixels are likely. The film goes "
        + "from one schedule to the next through schedules between them, which are as valid.",
        "Drawn by VpSchedule with VpScaling, VeSchedule and LinearSchedule with NoScaling; the lines by HeunSampler in 1000 steps, the "
        + "dots by AblationSampler.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [Overview(), .. Pictures.Select((picture, i) => Draw(picture, FigureStyle.Colours[i]))];

    /// <inheritdoc/>
    public override Film Animate() => new(Frames());

    private IEnumerable<(Panel Panel, int Milliseconds)> Frames()
    {
        for (int k = 0; k < Choices.Count; k++)
        {
            (string name, NoiseSchedule schedule, SignalScaling scaling) = Choices[k];
            (string nextName, NoiseSchedule nextSchedule, SignalScaling nextScaling) = Choices[(k + 1) % Choices.Count];
            yield return (Draw(Pictures[k], FigureStyle.Colours[k], isFrame: true), HeldMilliseconds);
            for (int frame = 1; frame < MovingFrames; frame++)
            {
                // Starts and ends slowly.
                double part = (1 - Math.Cos(Math.PI * frame / MovingFrames)) / 2;
                var blend = new BlendedSchedule(schedule, nextSchedule, part, _sigmaMax);
                var picture = new SchedulePicture(
                    $"{name} to {nextName}", blend, new BlendedScaling(blend, scaling, nextScaling), _lines.Thinned(2));
                Color colour = FigureStyle.Colours[k].InterpolateRgb(FigureStyle.Colours[(k + 1) % Choices.Count], part);
                yield return (Draw(picture, colour, isFrame: true), MovingMilliseconds);
            }
        }
    }

    private Panel Draw(SchedulePicture picture, Color colour, bool isFrame = false)
    {
        string state = isFrame ? "state" : picture.Scaling is NoScaling ? "pixel value" : "pixel value, times s";
        Plot plot = FigureStyle.Plot("time, marked with the noise level σ it reaches", state,
            FormattableString.Invariant($"{picture.Name}: lines turn by {picture.MeanDegrees:0}° on average"));
        FlowPath lines = _lines.Thinned(Thinning);
        double[] times = [.. lines.Sigmas.Select(picture.Time)];
        double[][] states = [.. lines.Sigmas.Select((sigma, i) => picture.States(sigma, lines.States[i]))];
        for (int line = 0; line < states[0].Length; line += isFrame ? 2 : 1)
        {
            plot.Line(times, states.Select(state => state[line]), FigureStyle.Faint, 1);
        }

        FlowPath steps = FlowPath.Euler(
            [.. _walkers.Select(line => _noise[line])], picture.EvenLevels(_steps), picture.Schedule, picture.Scaling);
        for (int walker = 0; walker < _walkers.Length; walker++)
        {
            plot.Marked(steps.Sigmas.Select(picture.Time),
                steps.Sigmas.Select((sigma, i) => picture.States(sigma, steps.States[i])[walker]), colour, MarkerShape.FilledCircle);
        }

        NoiseAxis.Ticks(plot.Axes.Bottom, picture.Time, _sigmaMax);
        if (isFrame)
        {
            // Numbers that come and go would move the picture.
            plot.Axes.Left.TickGenerator = new NumericManual();
        }

        plot.Axes.SetLimits(-0.02, 1.02, -1.05 * picture.Height, 1.05 * picture.Height);
        return new Panel(plot, FormattableString.Invariant($"Flow lines of the {picture.Name} schedule, which turn by ")
            + FormattableString.Invariant($"{picture.MeanDegrees:0} degrees on average, and {_steps} straight steps along three of them."));
    }

    // One line in all three pictures, each stretched to the same square.
    private Panel Overview()
    {
        int line = _walkers[^1];
        Plot plot = FigureStyle.Plot(
            "time, as a part of the whole", "state, as a part of the largest", "One line in three pictures, and how far it turns");
        FlowPath path = _lines.Thinned(Thinning);
        foreach ((int i, SchedulePicture picture) in Pictures.Index())
        {
            double[] times = [.. path.Sigmas.Select(picture.Time)];
            double[] heights = [.. path.Sigmas.Select((sigma, level) => picture.States(sigma, path.States[level])[line] / picture.Height)];
            plot.Line(times, heights, FigureStyle.Colours[i], 3);

            // As many marks as tell the lines apart.
            int[] marked = [.. Enumerable.Range(1, 6).Select(part => Array.FindIndex(times, time => time <= part / 7.0))];
            var marks = plot.Marked(
                marked.Select(at => times[at]), marked.Select(at => heights[at]), FigureStyle.Colours[i], PlotMarks.Mark(i));
            marks.LineWidth = 0;
            marks.MarkerSize = 10;
            marks.LegendText = FormattableString.Invariant($"{picture.Name}: {double.RadiansToDegrees(picture.Turns[line]):0}°");
        }

        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.TickGenerator = new NumericFixedInterval(0.25);
        }

        plot.Axes.SetLimits(-0.02, 1.02, 0, 1.15 * _lines.States[0][line] / _lines.States[0].Max(Math.Abs));
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The flow line of one noise pixel in the pictures of three schedules, nearly straight in the linear one.");
    }
}
