using IlgpuEdm.Formats;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace IlgpuEdm.Plots;

/// <summary>How all figures look: colours, letters, axes.</summary>
public static class FigureStyle
{
    /// <summary>Colours of lines in their order, told apart by people with any colour vision, and dark enough for a white page.</summary>
    public static IReadOnlyList<Color> Colours { get; } =
        [.. new[] { "#1f6feb", "#c2410c", "#15803d", "#a21caf", "#0e7490", "#a16207", "#57534e" }.Select(Color.FromHex)];

    /// <summary>What stands behind the others, such as a density or flow lines.</summary>
    public static Color Faint { get; } = Color.FromHex("#b8c0c8");

    /// <summary>Axes and letters.</summary>
    public static Color Ink { get; } = Color.FromHex("#1c2024");

    /// <summary>An empty plot in the style of the figures.</summary>
    /// <param name="x">What is from left to right, with its unit.</param>
    /// <param name="y">What is from bottom to top, with its unit.</param>
    /// <param name="title">What it shows; null where the figure's title says it.</param>
    /// <returns>The plot.</returns>
    public static Plot Plot(string x, string y, string? title = null)
    {
        var plot = new Plot();
        FigureFont.Use(plot);
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex("#e7e9ec");
        plot.XLabel(x, 14);
        plot.YLabel(y, 14);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        LinearTicks(plot.Axes.Bottom);
        LinearTicks(plot.Axes.Left);
        if (title is not null)
        {
            plot.Title(title, 15);
            plot.Axes.Title.Label.Bold = false;
        }

        return plot;
    }

    /// <summary>Numbers of an axis that shows values as they are.</summary>
    /// <param name="axis">The axis.</param>
    public static void LinearTicks(IAxis axis) =>
        axis.TickGenerator = new NumericAutomatic { LabelFormatter = NumberText.Short };

    /// <summary>Numbers of an axis that shows decimal logarithms: the plot is given <c>Math.Log10</c> of all values.</summary>
    /// <param name="axis">The axis.</param>
    public static void LogarithmicTicks(IAxis axis) => axis.TickGenerator = new DecadeTicks();

    /// <summary>Names the lines below the plot, where the names hide none of it.</summary>
    /// <param name="plot">The plot; what has a <c>LegendText</c> is named.</param>
    /// <param name="width">The width of its panel.</param>
    public static void LegendBelow(Plot plot, int width = Panel.UsualWidth)
    {
        plot.HideLegend();
        plot.Axes.AddPanel(new LegendRows(plot, width));
    }
}
