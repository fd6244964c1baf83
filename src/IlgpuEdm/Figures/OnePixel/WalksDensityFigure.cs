using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 4: many random walks from the data to the right, and the density that they have at each time.</summary>
public sealed class WalksDensityFigure : Figure
{
    private const int Steps = 300;
    private const int Drawn = 12;
    private const int Checks = 50;
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _walks;

    /// <summary>Walks.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="seed">Keys all draws.</param>
    /// <param name="count">How many walks, at least 12.</param>
    public WalksDensityFigure(OnePixelWorld? world = null, ulong seed = 4, int count = 4000)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        _walks = _world.WalkForward(_world.Draw(seed, count), Steps, seed);
        int[] steps = [.. Enumerable.Range(0, Checks + 1).Select(i => i * Steps / Checks)];
        Times = [.. steps.Select(i => _walks.Times[i])];
        Distances = [.. steps.Select(i => KolmogorovSmirnov.Distance(_walks.Values[i], x => _world.Cdf(x, _walks.Times[i])))];
        Bound = KolmogorovSmirnov.Bound(count, level: 0.01);
    }

    /// <summary>The times at which walks and closed form are compared, from 0 to the right edge.</summary>
    public IReadOnlyList<double> Times { get; }

    /// <summary>The Kolmogorov-Smirnov distance of the walks from the closed form, at each of <see cref="Times"/>.</summary>
    public IReadOnlyList<double> Distances { get; }

    /// <summary>The distance that numbers drawn from the closed form itself exceed once in a hundred times.</summary>
    public double Bound { get; }

    /// <inheritdoc/>
    public override int Number => 4;

    /// <inheritdoc/>
    public override string Name => "density";

    /// <inheritdoc/>
    public override string Title => "Many walks make a density that blurs into noise";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "Now every image of the data set walks. In this world the data have two peaks: a pixel is rather bright or rather dark, seldom in "
        + "between. The shades are the density p(x; σ) of the pixel at each time, the "
        + "darker the denser, from the closed form of GaussianMixture; over it are drawn "
        + $"{Drawn} of {NumberText.Whole(_walks.Count)} walks.",
        "At the left edge, where there is no noise, the walks have the two peaks of the data. To the right these widen and run into one "
        + "another, until there is a single hill in which they cannot be seen any more. Far enough to the right it is noise and nothing "
        + "else, which any generator of normal numbers makes. What one would like to draw from is the left edge.",
        "The walks know nothing of the formula, and still agree with it at every time. Their Kolmogorov-Smirnov distance, which is the "
        + "largest difference between the share of walks below a value and the probability of being below it, is at most "
        + FormattableString.Invariant($"{Distances.Max():0.000} at any of {Times.Count} times. For as many numbers drawn from the formula ")
        + FormattableString.Invariant($"itself it would be above {Bound:0.000} once in a hundred times."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Plot plot = _picture.WithDensity();
        for (int walk = 0; walk < Drawn; walk++)
        {
            double[] path = _walks.Path(walk);
            plot.Line(_walks.Times, path, OnePixelPicture.Way, 1);
            plot.Point(0, path[0], OnePixelPicture.Way, 7);
        }

        Plot distance = FigureStyle.Plot("time t", "Kolmogorov-Smirnov distance");
        distance.Line(Times, Distances, OnePixelPicture.Way).LegendText = "walks from closed form";
        var bound = distance.Line([0, _world.EndTime], [Bound, Bound], FigureStyle.Ink);
        bound.LegendText = "chance: above once in 100";
        distance.Axes.SetLimits(0, _world.EndTime, 0, 1.2 * Math.Max(Bound, Distances.Max()));
        FigureStyle.LegendBelow(distance);
        string right = FormattableString.Invariant($"t = {_world.EndTime:0.##}: data and noise, σ = {_world.SigmaMax:0.##}");
        return
        [
            new Panel(plot, "Random walks start in two peaks at the left and spread to a single hill at the right, over their density."),
            Edge(0, "t = 0: the data", OnePixelPicture.DataTop),
            Edge(Steps, right, 1.4 * _picture.Top),
            new Panel(distance, "The distance of the walks from the closed form at each time, beside what chance exceeds once in 100."),
        ];
    }

    private Panel Edge(int step, string title, double top)
    {
        Plot plot = _picture.Histogram(_walks.Values[step], "the walks", _walks.Times[step], "closed form", top, title);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, $"{title}: a histogram of the walks and the density in closed form agree.");
    }
}
