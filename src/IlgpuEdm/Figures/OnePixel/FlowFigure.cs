using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 6: the deterministic flow from noise to data, in the picture of the walks.</summary>
public sealed class FlowFigure : Figure
{
    private const int Steps = 300;
    private const int Drawn = 16;
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _lines;
    private readonly PixelPaths _walks;
    private readonly PixelPaths _drawn;

    /// <summary>Follows the flow.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="seed">Keys the noise that the lines start from.</param>
    /// <param name="count">How many lines, at least 1.</param>
    public FlowFigure(OnePixelWorld? world = null, ulong seed = 6, int count = 3000)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        double[] noise = OnePixelWorld.Noise(seed, count);
        _lines = _world.Flow(noise, Steps);
        _walks = _world.WalkBack(noise, Steps, seed);
        _drawn = _world.Flow(OnePixelWorld.EvenNoise(Drawn), Steps);
        Distance = KolmogorovSmirnov.Distance(Ends, x => _world.Cdf(x, 0));
        Bound = KolmogorovSmirnov.Bound(count, level: 0.01);
        Drift = Enumerable.Range(0, Drawn).Max(line =>
        {
            double[] shares = [.. _drawn.Values.Select((all, i) => _world.Cdf(all[line], _drawn.Times[i]))];
            return shares.Max() - shares.Min();
        });
    }

    /// <summary>Where the lines cross the right edge.</summary>
    public IReadOnlyList<double> Starts => _lines.Values[0];

    /// <summary>Where the lines end: the images, one for each of <see cref="Starts"/>.</summary>
    public IReadOnlyList<double> Ends => _lines.Ends;

    /// <summary>The Kolmogorov-Smirnov distance of the ends from the data's distribution.</summary>
    public double Distance { get; }

    /// <summary>The distance that numbers drawn from the data themselves exceed once in a hundred times.</summary>
    public double Bound { get; }

    /// <summary>
    /// How well the solver follows the flow: lines of one pixel never cross, so that each has the same share of the density below it at all
    /// times; this is the largest change of that share along a line that is drawn.
    /// </summary>
    public double Drift { get; }

    /// <inheritdoc/>
    public override int Number => 6;

    /// <inheritdoc/>
    public override string Name => "flow";

    /// <inheritdoc/>
    public override string Title => "The same way without chance: a flow";

    /// <inheritdoc/>
    public override int Columns => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "The two parts of a backward step, noise and pull, can be weighed differently, as long as noise goes away at the same rate in all. "
        + "With no noise at all an ordinary differential equation is left. Its solutions are smooth lines, like those along which a fluid "
        + "flows, and what flows here is the density of the shades.",
        "Each noise now has one image at its end. Lines never cross, and many that are far apart at the right are close together in a peak "
        + "at the left. The third picture shows which pixel of the left edge belongs to which of the right, and, as dots, where random "
        + "walks go: from one and the same place they may end in either peak, while the flow has decided.",
        "AblationSampler drew the lines, by Heun's method with VeSchedule, from the same noise beyond the right edge as the walks. The "
        + $"ends are spread as the data are here too: the Kolmogorov-Smirnov distance of {NumberText.Whole(_lines.Count)} lines is "
        + FormattableString.Invariant($"{Distance:0.000}, and numbers drawn from the data themselves would exceed {Bound:0.000} once in a ")
        + "hundred times.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Plot ends = _picture.Histogram(Ends, $"ends of {NumberText.Whole(_lines.Count)} lines", 0, "data", OnePixelPicture.DataTop);
        FigureStyle.LegendBelow(ends);
        return
        [
            FlowPanel(Steps),
            new Panel(ends, "The ends of many flow lines as a histogram, with the two peaks of the data over it."),
            MapPanel(),
        ];
    }

    /// <inheritdoc/>
    public override Film? Animate() => OnePixelPicture.Film(Steps, FlowPanel);

    private Panel FlowPanel(int steps)
    {
        Plot plot = _picture.WithDensity();
        OnePixelPicture.Ways(plot, _drawn.Times, [.. Enumerable.Range(0, Drawn).Select(_drawn.Path)], steps, width: 1.5f);
        return new Panel(plot, "Smooth lines that never cross lead from the right edge into the two peaks at the left.");
    }

    private Panel MapPanel()
    {
        const int dots = 700;
        Plot plot = FigureStyle.Plot(FormattableString.Invariant($"pixel at t = {_world.EndTime:0.##}"), "pixel at t = 0");
        var walks = plot.Add.ScatterPoints(_walks.Values[0].Take(dots).ToArray(), _walks.Ends.Take(dots).ToArray(), OnePixelPicture.Step);
        walks.MarkerSize = 3;
        walks.LegendText = "walks";
        int[] order = [.. Enumerable.Range(0, Starts.Count).OrderBy(i => Starts[i])];
        plot.Line(order.Select(i => Starts[i]), order.Select(i => Ends[i]), OnePixelPicture.Way, 3).LegendText = "flow";
        plot.Axes.SetLimits(-_picture.Top, _picture.Top, -OnePixelPicture.DataTop, OnePixelPicture.DataTop);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The flow's pixel at the left rises with that at the right; those of random walks lie in both peaks.");
    }
}
