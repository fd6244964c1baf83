using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 3: one pixel to which equal noise is added step by step; it walks at random.</summary>
public sealed class ForwardWalkFigure : Figure
{
    private const int Steps = 300;
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _walks;
    private readonly double[] _walk;

    /// <summary>Walks.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="seed">Keys all draws.</param>
    /// <param name="count">Walks from the same start whose spread is measured, at least 2; the first is drawn.</param>
    public ForwardWalkFigure(OnePixelWorld? world = null, ulong seed = 3, int count = 5000)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        double start = _world.Draw(seed, 1)[0];
        _walks = _world.WalkForward([.. Enumerable.Repeat(start, count)], Steps, seed);
        _walk = _walks.Path(0);
        Deviations = [.. _walks.Values.Select(values => Math.Sqrt(values.Average(x => (x - start) * (x - start))))];
        NoiseLevels = [.. Times.Select(_world.Schedule.Sigma)];
    }

    /// <summary>The times of the walk's steps, from 0 to the right edge.</summary>
    public IReadOnlyList<double> Times => _walks.Times;

    /// <summary>The walk that is drawn: the pixel's value at each of <see cref="Times"/>.</summary>
    public IReadOnlyList<double> Walk => _walk;

    /// <summary>How far from the start the walks are at each of <see cref="Times"/>: the root mean square over all.</summary>
    public IReadOnlyList<double> Deviations { get; }

    /// <summary>The noise levels that the schedule states for <see cref="Times"/>.</summary>
    public IReadOnlyList<double> NoiseLevels { get; }

    /// <inheritdoc/>
    public override int Number => 3;

    /// <inheritdoc/>
    public override string Name => "forward-walk";

    /// <inheritdoc/>
    public override string Title => "Adding noise step by step is a random walk";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "An image of one pixel is a single number, and so all that happens to it fits into a picture: time runs from left to right, and "
        + FormattableString.Invariant($"the value of the pixel is drawn upwards. Here it starts at {Walk[0]:0.00} and gets a little ")
        + $"random noise {Steps} times, each time of the same strength. Nothing pulls it back, so it wanders.",
        "Where one walk goes cannot be known, but how far many walks go can. Noise adds up in squares, as the sides of a right-angled "
        + "triangle do, and so the distance from the start grows with the square root of time: this is the noise level σ. The thin lines "
        + "lie one σ above and below the start.",
        $"The second picture measures it. After all steps {NumberText.Whole(_walks.Count)} walks from the same start are "
        + FormattableString.Invariant($"{Deviations[^1]:0.00} away from it in the root mean square; the library's VeSchedule, from which ")
        + FormattableString.Invariant($"the strength of each step was taken, states σ = {NoiseLevels[^1]:0.00}."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Plot spread = FigureStyle.Plot("time t", "distance from the start");
        spread.Line(Times, Deviations, OnePixelPicture.Way, 5).LegendText =
            $"{NumberText.Whole(_walks.Count)} walks, root mean square";
        var schedule = spread.Line(Times, NoiseLevels, FigureStyle.Ink);
        schedule.LegendText = "σ = √t";
        spread.Axes.SetLimits(0, _world.EndTime, 0, 1.1 * _world.SigmaMax);
        FigureStyle.LegendBelow(spread);
        return
        [
            WalkPanel(Steps),
            new Panel(spread, "The distance of many walks from their start grows as the square root of time, as the schedule states."),
        ];
    }

    /// <inheritdoc/>
    public override Film? Animate() => OnePixelPicture.Film(Steps, WalkPanel);

    private Panel WalkPanel(int steps)
    {
        Plot plot = _picture.Empty();
        foreach (int sign in new[] { 1, -1 })
        {
            var border = plot.Line(Times, NoiseLevels.Select(sigma => Walk[0] + sign * sigma), OnePixelPicture.Background, 1.5f);
            border.LegendText = sign == 1 ? "start ± σ" : "";
        }

        OnePixelPicture.Ways(plot, Times, [_walk], steps, width: 2);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The value of one pixel against time: a jagged line that wanders away from where it starts.");
    }
}
