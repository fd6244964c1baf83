namespace IlgpuEdm.Training.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Colour">A CSS colour that the page's style sheet makes readable on light and dark ground.</param>
/// <param name="Points">The points in order.</param>
internal sealed record ChartSeries(string Name, string Colour, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>No smaller number above 0, and none greater than one in this, is drawn; a measurement is far from either.</summary>
    public const double Smallest = 1e-30;

    private const int Colours = 8;

    /// <summary>The colour of the i-th of several things that have no order.</summary>
    /// <param name="i">Its number, from 0.</param>
    public static string ColourOf(int i) => FormattableString.Invariant($"var(--c{i % Colours})");

    /// <summary>The colour of the i-th of several things in order, from blue over green to red.</summary>
    /// <param name="i">Its number, from 0.</param>
    /// <param name="count">How many there are.</param>
    public static string ColourOf(int i, int count)
    {
        double hue = 265 - (255.0 * i / Math.Max(count - 1, 1));
        return FormattableString.Invariant($"hsl({hue:0} 70% var(--level))");
    }

    /// <summary>The same line without what cannot be drawn: what is not finite or is below 0, and on a logarithmic axis 0.</summary>
    /// <param name="logarithmicX">Whether the x axis is logarithmic.</param>
    /// <param name="logarithmicY">Whether the y axis is logarithmic.</param>
    public ChartSeries Drawable(bool logarithmicX, bool logarithmicY) => this with
    {
        Points = [.. Points.Where(point => IsDrawable(point.X, logarithmicX) && IsDrawable(point.Y, logarithmicY))],
    };

    private static bool IsDrawable(double value, bool logarithmic) => value >= (logarithmic ? Smallest : 0) && value <= 1 / Smallest;
}
