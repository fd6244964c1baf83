using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Tests.Toy;

/// <summary>Points of the plane, drawn side by side.</summary>
internal static class PlanePicture
{
    private const int Size = 320;
    private const double Limit = 1.15;

    /// <summary>Draws panels from left to right.</summary>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(params (string Title, double[] Points)[] panels) => PanelGrid.ToPng(
        [.. panels.Select(panel => new Panel(Plot(panel.Title, panel.Points), panel.Title, Size, Size))], panels.Length, scale: 1);

    private static Plot Plot(string title, double[] points)
    {
        Plot plot = FigureStyle.Plot("", "", title);
        double[] Values(int j) => [.. points.Where((_, i) => i % 2 == j)];
        var markers = plot.Add.ScatterPoints(Values(0), Values(1), FigureStyle.Colours[0].WithAlpha(0.6));
        markers.MarkerSize = 3;
        plot.Axes.SetLimits(-Limit, Limit, -Limit, Limit);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        return plot;
    }
}
