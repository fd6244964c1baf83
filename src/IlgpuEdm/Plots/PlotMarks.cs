using ScottPlot;
using ScottPlot.Plottables;

namespace IlgpuEdm.Plots;

/// <summary>Lines, arrows, points and words of a plot.</summary>
internal static class PlotMarks
{
    /// <summary>A line without markers.</summary>
    public static Scatter Line(this Plot plot, IEnumerable<double> x, IEnumerable<double> y, Color colour, float width = 2)
    {
        Scatter line = plot.Add.ScatterLine(x.ToArray(), y.ToArray(), colour);
        line.LineWidth = width;
        return line;
    }

    /// <summary>A line through points with a mark at each.</summary>
    public static Scatter Marked(this Plot plot, IEnumerable<double> x, IEnumerable<double> y, Color colour, MarkerShape shape)
    {
        Scatter line = plot.Line(x, y, colour);
        line.MarkerShape = shape;
        line.MarkerSize = 7;
        return line;
    }

    /// <summary>The mark of the i-th of several lines, for eyes that do not tell their colours apart. An SVG knows no dashes.</summary>
    public static MarkerShape Mark(int i) => i switch
    {
        0 => MarkerShape.FilledSquare,
        1 => MarkerShape.FilledTriangleUp,
        2 => MarkerShape.FilledCircle,
        3 => MarkerShape.FilledDiamond,
        _ => MarkerShape.FilledTriangleDown,
    };

    /// <summary>An arrow.</summary>
    public static Arrow Arrow(this Plot plot, (double X, double Y) from, (double X, double Y) to, Color colour, float width = 2.5f)
    {
        Arrow arrow = plot.Add.Arrow(new Coordinates(from.X, from.Y), new Coordinates(to.X, to.Y));
        arrow.ArrowFillColor = colour;
        arrow.ArrowLineWidth = 0;
        arrow.ArrowWidth = width;
        arrow.ArrowheadWidth = width * 4;
        arrow.ArrowheadLength = width * 4;
        arrow.ArrowheadAxisLength = width * 4;
        return arrow;
    }

    /// <summary>Words in a plot, at a point, on a ground that keeps them readable over lines.</summary>
    public static Text Words(this Plot plot, string words, double x, double y, Color colour, Alignment alignment)
    {
        Text text = plot.Add.Text(words, x, y);
        text.LabelFontName = FigureFont.Name;
        text.LabelFontSize = 13;
        text.LabelFontColor = colour;
        text.LabelAlignment = alignment;
        text.LabelBackgroundColor = Colors.White.WithAlpha(0.7);
        text.LabelPadding = 2;
        return text;
    }

    /// <summary>A point with a white rim, so that it stands out on lines.</summary>
    public static Marker Point(this Plot plot, double x, double y, Color colour, float size = 9)
    {
        Marker point = plot.Add.Marker(x, y, MarkerShape.FilledCircle, size, colour);
        point.MarkerStyle.OutlineWidth = 1.5f;
        point.MarkerStyle.OutlineColor = Colors.White;
        return point;
    }
}
