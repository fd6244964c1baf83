using IlgpuEdm.Plots;
using ScottPlot;
using ScottPlot.Plottables;

namespace IlgpuEdm.Figures;

/// <summary>
/// The picture that the figures of the one-pixel world share: time from left to right, the pixel's value upwards, the density in shades
/// behind all else.
/// </summary>
internal sealed class OnePixelPicture
{
    // Standard deviations of the noise that the picture shows above and below 0 at its right edge.
    private const double Reach = 2.2;
    private const int Columns = 220;
    private const int Rows = 160;
    private const int Bins = 44;
    private const int Frames = 40;
    private readonly OnePixelWorld _world;
    private readonly Lazy<double[,]> _shades;
    private readonly Lazy<PixelPaths> _flow;

    /// <summary>Prepares the picture.</summary>
    public OnePixelPicture(OnePixelWorld world)
    {
        _world = world;
        Top = Reach * world.SigmaMax;
        Whole = new CoordinateRect(0, world.EndTime, -Top, Top);
        _shades = new Lazy<double[,]>(() => Shades(Whole));
        _flow = new Lazy<PixelPaths>(() => world.Flow(OnePixelWorld.EvenNoise(16), steps: 200));
    }

    /// <summary>Walks and flow lines that the figure is about.</summary>
    public static Color Way { get; } = FigureStyle.Colours[0];

    /// <summary>What a solver does: its steps.</summary>
    public static Color Step { get; } = FigureStyle.Colours[1];

    /// <summary>Flow lines in the background.</summary>
    public static Color Background { get; } = Color.FromHex("#5b6b7e");

    /// <summary>The highest value of a picture of the data alone; the lowest is minus this.</summary>
    public const double DataTop = 1.1;

    /// <summary>The highest value that is shown; the lowest is minus this.</summary>
    public double Top { get; }

    /// <summary>Times and values that are shown.</summary>
    public CoordinateRect Whole { get; }

    /// <summary>Axes without a density.</summary>
    public Plot Empty()
    {
        Plot plot = FigureStyle.Plot("time t (noise level σ = √t)", "pixel value x");

        // Room for the points at both edges.
        double edge = 0.025 * _world.EndTime;
        plot.Axes.SetLimits(-edge, _world.EndTime + edge, -Top, Top);
        return plot;
    }

    /// <summary>Axes and the density.</summary>
    public Plot WithDensity()
    {
        Plot plot = Empty();
        Shade(plot, _shades.Value, Whole);
        return plot;
    }

    /// <summary>A part of the picture, larger; there is no density before t = 0.</summary>
    public Plot Part(CoordinateRect part)
    {
        Plot plot = Empty();
        var shaded = new CoordinateRect(Math.Max(0, part.Left), part.Right, part.Bottom, part.Top);
        Shade(plot, Shades(shaded), shaded);
        plot.Axes.SetLimits(part);
        return plot;
    }

    /// <summary>Flow lines behind all else.</summary>
    public void FlowLines(Plot plot)
    {
        PixelPaths lines = _flow.Value;
        for (int i = 0; i < lines.Count; i++)
        {
            plot.Line(lines.Times, lines.Path(i), Background, 1).LegendText = i == 0 ? "other flow lines" : "";
        }
    }

    /// <summary>Ways of pixels after some of their steps, each with a point where it is.</summary>
    public static void Ways(Plot plot, IReadOnlyList<double> times, IEnumerable<double[]> ways, int steps, float width)
    {
        foreach (double[] way in ways)
        {
            plot.Line(times.Take(steps + 1), way.Take(steps + 1), Way, width);
            plot.Point(times[steps], way[steps], Way, 7);
        }
    }

    /// <summary>A film of steps, which starts with none of them and rests on all.</summary>
    public static Film Film(int steps, Func<int, Panel> panelAfter) => new(Enumerable.Range(0, Frames + 1).Select(frame =>
        (panelAfter(steps * frame / Frames), frame == 0 ? 600 : frame == Frames ? 1500 : 80)));

    /// <summary>Numbers as a histogram, behind the density that they should have.</summary>
    public Plot Histogram(IReadOnlyList<double> values, string name, double time, string densityName, double top, string? title = null)
    {
        double width = 2 * top / Bins;
        var counts = new double[Bins];
        foreach (double value in values.Where(value => Math.Abs(value) < top))
        {
            counts[Math.Min((int)((value + top) / width), Bins - 1)] += 1 / (width * values.Count);
        }

        Plot plot = FigureStyle.Plot("pixel value x", "density", title);
        BarPlot bars = plot.Add.Bars([.. Enumerable.Range(0, Bins).Select(i => -top + (i + 0.5) * width)], counts);
        foreach (Bar bar in bars.Bars)
        {
            bar.Size = width;
            bar.FillColor = Color.FromHex("#a9c8f7");
            bar.LineWidth = 0;
        }

        bars.LegendText = name;
        double[] x = Generate.Range(-top, top, top / 200);
        double[] y = [.. x.Select(value => _world.Density(value, time))];
        plot.Line(x, y, FigureStyle.Ink).LegendText = densityName;
        plot.Axes.SetLimits(-top, top, 0, 1.1 * Math.Max(counts.Max(), y.Max()));
        return plot;
    }

    private static void Shade(Plot plot, double[,] shades, CoordinateRect part)
    {
        Heatmap map = plot.Add.Heatmap(shades);
        map.Position = part;
        map.Smooth = true;
        map.Colormap = new ShadeColours();
        map.ManualRange = new ScottPlot.Range(0, 1.4);
    }

    private double[,] Shades(CoordinateRect part)
    {
        var shades = new double[Rows, Columns];
        for (int column = 0; column < Columns; column++)
        {
            double time = part.Left + (column + 0.5) / Columns * part.Width;
            for (int row = 0; row < Rows; row++)
            {
                // The square root, since the peaks of the data are many times higher than the noise that they become.
                shades[row, column] = Math.Sqrt(_world.Density(part.Top - (row + 0.5) / Rows * part.Height, time));
            }
        }

        return shades;
    }

    // White to a calm grey blue, on which lines of all colours stand out.
    private sealed class ShadeColours : IColormap
    {
        private static readonly Color Dense = Color.FromHex("#8195ad");

        public string Name => "density";

        public Color GetColor(double position)
        {
            double part = Math.Clamp(position, 0, 1);
            return new Color(Mixed(Dense.R), Mixed(Dense.G), Mixed(Dense.B));

            byte Mixed(byte dense) => (byte)Math.Round(255 + part * (dense - 255));
        }
    }
}
