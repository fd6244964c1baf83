using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 5: random walks from noise at the right back to the data at the left.</summary>
public sealed class ReverseWalkFigure : Figure
{
    private const int Steps = 300;
    private const int Drawn = 8;
    private readonly OnePixelWorld _world;
    private readonly OnePixelPicture _picture;
    private readonly PixelPaths _walks;
    private readonly double[][] _drawn;

    /// <summary>Walks.</summary>
    /// <param name="world">The world; null for its defaults.</param>
    /// <param name="seed">Keys all draws.</param>
    /// <param name="count">How many walks, at least 8.</param>
    public ReverseWalkFigure(OnePixelWorld? world = null, ulong seed = 5, int count = 3000)
    {
        _world = world ?? new OnePixelWorld();
        _picture = new OnePixelPicture(_world);
        _walks = _world.WalkBack(OnePixelWorld.Noise(seed, count), Steps, seed);
        _drawn = [.. Enumerable.Range(0, Drawn).Select(_walks.Path)];
        Distance = KolmogorovSmirnov.Distance(Ends, x => _world.Cdf(x, 0));
        Bound = KolmogorovSmirnov.Bound(count, level: 0.01);
    }

    /// <summary>Where the walks end: the images.</summary>
    public IReadOnlyList<double> Ends => _walks.Ends;

    /// <summary>The Kolmogorov-Smirnov distance of the ends from the data's distribution.</summary>
    public double Distance { get; }

    /// <summary>The distance that numbers drawn from the data themselves exceed once in a hundred times.</summary>
    public double Bound { get; }

    /// <inheritdoc/>
    public override int Number => 5;

    /// <inheritdoc/>
    public override string Name => "reverse-walk";

    /// <inheritdoc/>
    public override string Title => "The walk backwards, from noise to an image";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        $"These walks start from pure noise, normal numbers times σ = {OnePixelWorld.StartSigma}, far beyond the right edge, and go back "
        + FormattableString.Invariant($"in time; the picture shows their last part, from σ = {_world.SigmaMax:0.##} on. Random steps ")
        + "alone would only make more noise. So each step has a second part: it pulls the pixel towards what a denoiser makes of it, which "
        + "is the mean of all clean images that this noise may hide.",
        "In strong noise the denoiser can only guess, and pulls towards the middle of all data. Further left it sees which peak the pixel "
        + "is near, and pulls there. Chance still shakes the walk on its way, less and less, and each walk ends at an image.",
        "SdeSampler drew this with weight 1 and the ideal denoiser of GaussianMixture. The second picture shows where "
        + $"{NumberText.Whole(_walks.Count)} walks end: in the two peaks, each as often as it should be. Their Kolmogorov-Smirnov distance "
        + FormattableString.Invariant($"from the data is {Distance:0.000}; for as many numbers drawn from the data themselves it would be ")
        + FormattableString.Invariant($"above {Bound:0.000} once in a hundred times."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Plot ends = _picture.Histogram(Ends, $"ends of {NumberText.Whole(_walks.Count)} walks", 0, "data", OnePixelPicture.DataTop);
        FigureStyle.LegendBelow(ends);
        return
        [
            WalkPanel(Steps),
            new Panel(ends, "The ends of many walks as a histogram, with the two peaks of the data over it."),
        ];
    }

    /// <inheritdoc/>
    public override Film? Animate() => OnePixelPicture.Film(Steps, WalkPanel);

    private Panel WalkPanel(int steps)
    {
        Plot plot = _picture.WithDensity();
        OnePixelPicture.Ways(plot, _walks.Times, _drawn, steps, width: 1);
        return new Panel(plot, "Jagged lines that start anywhere at the right and end in one of the two peaks at the left.");
    }
}
