using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 7: one step of a solver on a flow line, as the sum of what it does to time and to the pixel.</summary>
public sealed class SolverStepFigure : Figure
{
    private const int LineSteps = 400;
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _line;

    /// <summary>Takes the step.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="share">The share of the flow lines below the one that is followed, in (0, 1).</param>
    /// <param name="from">Where the step starts, as a part of the whole time, in (0, 1).</param>
    /// <param name="to">Where it ends, below <paramref name="from"/> and at least 0.</param>
    /// <param name="steps">Steps on the whole way, in the second picture, at least 1.</param>
    public SolverStepFigure(OnePixelWorld? world = null, double share = 0.90625, double from = 0.6, double to = 0.2, int steps = 5)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        double edge = _world.Quantile(share, _world.EndTime);
        _line = _world.FlowLine(edge, _world.EndTime, 0, LineSteps);
        FromTime = from * _world.EndTime;
        ToTime = to * _world.EndTime;
        From = _world.FlowLine(edge, _world.EndTime, FromTime, LineSteps).Ends[0];
        Denoised = _world.Data.Denoise([From], _world.Schedule.Sigma(FromTime))[0];
        To = _world.EulerStep(From, FromTime, ToTime);
        LineEnd = _world.FlowLine(From, FromTime, ToTime, LineSteps).Ends[0];
        double[] times = [.. Enumerable.Range(0, steps + 1).Select(i => _world.EndTime * (steps - i) / steps)];
        var way = new List<double> { edge };
        for (int i = 0; i < steps; i++)
        {
            way.Add(_world.EulerStep(way[i], times[i], times[i + 1]));
        }

        Way = [.. times.Zip(way)];
    }

    /// <summary>The time at which the step starts.</summary>
    public double FromTime { get; }

    /// <summary>The time at which it ends.</summary>
    public double ToTime { get; }

    /// <summary>The pixel before the step, on a flow line.</summary>
    public double From { get; }

    /// <summary>The pixel after the step.</summary>
    public double To { get; }

    /// <summary>The ideal denoiser's output before the step.</summary>
    public double Denoised { get; }

    /// <summary>Where the flow line is after the step.</summary>
    public double LineEnd { get; }

    /// <summary>dt, what the step does to time: below 0.</summary>
    public double TimeChange => ToTime - FromTime;

    /// <summary>dx, what the step does to the pixel.</summary>
    public double PixelChange => To - From;

    /// <summary>The whole way from the right edge to the left in steps, as times and pixels.</summary>
    public IReadOnlyList<(double Time, double Pixel)> Way { get; }

    /// <inheritdoc/>
    public override int Number => 7;

    /// <inheritdoc/>
    public override string Name => "solver-step";

    /// <inheritdoc/>
    public override string Title => "One step along a flow line";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "A computer follows a flow line in steps. For each it asks the denoiser once, and learns from the answer D in which direction the "
        + "line runs at this place: on this schedule dx/dt = (x − D) / (2t). It goes straight on in that direction for a while, and asks "
        + "again.",
        "The first picture is a part of the earlier ones, enlarged. The step is the sum of two arrows. One is dt, which is chosen, here "
        + $"{Minus(TimeChange)}. The other is dx, which follows from the direction: at "
        + FormattableString.Invariant($"x = {From:0.00} the denoiser gives D = {Denoised:0.00}, and so dx = {Minus(PixelChange)}. The ")
        + FormattableString.Invariant($"step leads to x = {To:0.00}, while the flow line is at {LineEnd:0.00} by then: it has bent away."),
        $"The second picture goes all the way from the right to the left in {Way.Count - 1} such steps. This is all that sampling is: "
        + "start from noise, and step. The steps are those of AblationSampler by Euler's method, with VeSchedule.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [StepPanel(), WayPanel()];

    private static string Minus(double value) => FormattableString.Invariant($"{value:0.00}").Replace('-', '−');

    private Panel StepPanel()
    {
        double time = Math.Abs(TimeChange), pixel = Math.Abs(PixelChange);
        Plot plot = _picture.Part(new CoordinateRect(
            ToTime - 0.45 * time, FromTime + 0.15 * time, Math.Min(To, From) - 0.75 * pixel, Math.Max(To, From) + 0.45 * pixel));
        _picture.FlowLines(plot);
        plot.Line(_line.Times, _line.Path(0), OnePixelPicture.Way, 3).LegendText = "flow line";
        Color dt = FigureStyle.Colours[2], dx = FigureStyle.Colours[3];
        plot.Arrow((FromTime, From), (ToTime, From), dt);
        plot.Arrow((ToTime, From), (ToTime, To), dx);
        plot.Arrow((FromTime, From), (ToTime, To), OnePixelPicture.Step, 3.5f);
        plot.Point(FromTime, From, OnePixelPicture.Way);
        plot.Words("step = dt + dx", ToTime + 0.04 * time, From + 0.4 * PixelChange, OnePixelPicture.Step, Alignment.MiddleLeft);
        plot.Words($"dt = {Minus(TimeChange)}", (FromTime + ToTime) / 2, From, dt, Alignment.LowerCenter).OffsetY = -6;
        plot.Words($"dx = {Minus(PixelChange)}", ToTime, (From + To) / 2, dx, Alignment.MiddleRight).OffsetX = -8;
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "An arrow along a flow line is the sum of a horizontal arrow dt and a vertical arrow dx.");
    }

    private Panel WayPanel()
    {
        Plot plot = _picture.WithDensity();
        _picture.FlowLines(plot);
        plot.Line(_line.Times, _line.Path(0), OnePixelPicture.Way, 3).LegendText = "flow line";
        var way = plot.Line(Way.Select(place => place.Time), Way.Select(place => place.Pixel), OnePixelPicture.Step);
        way.LegendText = $"{Way.Count - 1} steps";
        foreach (((double Time, double Pixel) start, (double Time, double Pixel) end) in Way.Zip(Way.Skip(1)))
        {
            plot.Arrow(start, end, OnePixelPicture.Step, 2);
        }

        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "Arrows tip to tail lead along a flow line from the right edge to the left.");
    }
}
