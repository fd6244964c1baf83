using IlgpuEdm.Plots;
using MathNet.Numerics.LinearRegression;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 8: steps of several lengths from one point of a flow line, and how far from the line they end.</summary>
public sealed class LongStepFigure : Figure
{
    private const int LineSteps = 400;
    private const int Points = 25;
    private const int Fitted = 10;
    private const double Shortest = 0.003;
    private static readonly double[] DrawnParts = [0.25, 0.5, 0.75, 1];
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _line;
    private readonly double _time;
    private readonly double _pixel;

    /// <summary>Takes the steps.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="share">The share of the flow lines below the one that is followed, in (0, 1).</param>
    /// <param name="from">Where the steps start, as a part of the whole time, in (0, 1].</param>
    public LongStepFigure(OnePixelWorld? world = null, double share = 0.96875, double from = 0.9)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        _time = from * _world.EndTime;
        _pixel = _world.Quantile(share, _time);
        _line = _world.FlowLine(_pixel, _time, 0, LineSteps);
        Lengths = [.. Enumerable.Range(0, Points).Select(i => _time * Math.Pow(Shortest, 1 - i / (Points - 1.0)))];
        Gaps = [.. Lengths.Select(Gap)];
        DrawnLengths = [.. DrawnParts.Select(part => part * _time)];
        DrawnGaps = [.. DrawnLengths.Select(Gap)];
        Order = SimpleRegression.Fit(
            [.. Lengths.Take(Fitted).Select(length => Math.Log(length))], [.. Gaps.Take(Fitted).Select(gap => Math.Log(gap))]).B;
    }

    /// <summary>Lengths of steps in time, rising, up to the whole way to t = 0.</summary>
    public IReadOnlyList<double> Lengths { get; }

    /// <summary>How far from the flow line a step of each of <see cref="Lengths"/> ends.</summary>
    public IReadOnlyList<double> Gaps { get; }

    /// <summary>The lengths of the steps that are drawn.</summary>
    public IReadOnlyList<double> DrawnLengths { get; }

    /// <summary>How far from the flow line each of <see cref="DrawnLengths"/> ends.</summary>
    public IReadOnlyList<double> DrawnGaps { get; }

    /// <summary>The power of the length with which the gap of short steps grows, fitted: 2 for Euler's method.</summary>
    public double Order { get; }

    /// <inheritdoc/>
    public override int Number => 8;

    /// <inheritdoc/>
    public override string Name => "long-step";

    /// <inheritdoc/>
    public override string Title => "A long step leaves the flow line";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "What the denoiser says of the direction is true at one place and one noise level. A step goes straight on, the flow line bends, "
        + "and so the two part. Here steps of four lengths start from the same point. All point in the same direction, and the longer one "
        + "is, the further from the line it ends. The bars show the gaps, the numbers say how wide they are.",
        "The second picture measures many lengths, on axes of powers of ten. Short steps have gaps that grow as the length to the power "
        + FormattableString.Invariant($"{Order:0.00}: half the length makes a quarter of the gap, and as twice as many steps are then ")
        + "needed, half the error in all. Where steps are long this rule ends, and the shape of the line decides.",
        FormattableString.Invariant($"One step all the way to the left edge ends {DrawnGaps[^1]:0.00} away from where the flow ends, ")
        + FormattableString.Invariant($"and a step of a quarter of this length {DrawnGaps[0]:g2}. Each step costs a run of the denoiser, ")
        + "which for images is a large network. So one wants few and long steps, and the next pictures are about how to make them good "
        + "nevertheless: lines that bend less, lengths that suit the noise level, and steps that know of the bend. AblationSampler took "
        + "the steps.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [StepsPanel(), GapPanel()];

    private double Gap(double length) => Math.Abs(Tip(length) - LineAt(length));

    private double Tip(double length) => _world.EulerStep(_pixel, _time, Math.Max(0, _time - length));

    private double LineAt(double length) => _world.FlowLine(_pixel, _time, Math.Max(0, _time - length), LineSteps).Ends[0];

    private Panel StepsPanel()
    {
        double end = _line.Ends[0], height = Math.Abs(_pixel - end);
        Plot plot = _picture.Part(new CoordinateRect(
            -0.08 * _time, 1.1 * _time, Math.Min(end, _pixel) - 0.3 * height, Math.Max(end, _pixel) + 0.2 * height));
        _picture.FlowLines(plot);
        plot.Line(_line.Times, _line.Path(0), OnePixelPicture.Way, 3).LegendText = "flow line";
        Color gap = FigureStyle.Colours[3];
        foreach ((int i, double length) in DrawnLengths.Index())
        {
            double time = _time - length, tip = Tip(length), line = LineAt(length);
            var bar = plot.Line([time, time], [tip, line], gap, 3);
            plot.Arrow((_time, _pixel), (time, tip), OnePixelPicture.Step, 2);
            bar.LegendText = i == 0 ? "gap to the flow line" : "";

            // Above the tip, where no other step is; at the left edge to the right of it.
            plot.Words(FormattableString.Invariant($"{DrawnGaps[i]:g2}"), time, Math.Max(tip, line), gap,
                time > 0.1 * _time ? Alignment.LowerCenter : Alignment.LowerLeft).OffsetY = -14;
        }

        plot.Point(_time, _pixel, OnePixelPicture.Way);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "Arrows of four lengths leave a bent flow line; the longer, the wider the gap between tip and line.");
    }

    private Panel GapPanel()
    {
        Plot plot = FigureStyle.Plot("length of the step in time", "gap to the flow line");
        plot.Line(Lengths.Select(Math.Log10), Gaps.Select(Math.Log10), OnePixelPicture.Way, 4).LegendText = "measured";
        double first = Math.Log10(Lengths[0]), last = Math.Log10(Lengths[^1]);
        var square = plot.Line([first, last], [Math.Log10(Gaps[0]), Math.Log10(Gaps[0]) + 2 * (last - first)], FigureStyle.Ink, 1.5f);
        square.LegendText = "square of length";
        var drawn = plot.Add.ScatterPoints(
            DrawnLengths.Select(Math.Log10).ToArray(), DrawnGaps.Select(Math.Log10).ToArray(), FigureStyle.Colours[3]);
        drawn.MarkerSize = 8;
        drawn.LegendText = "the steps drawn";
        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The gap of a step against its length on logarithmic axes: short steps follow a line of slope two.");
    }
}
