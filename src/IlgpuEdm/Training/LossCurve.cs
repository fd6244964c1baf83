using IlgpuEdm.Formats;
using ScottPlot;

namespace IlgpuEdm.Training;

/// <summary>Draws <c>curve.png</c>: the loss against the images seen.</summary>
public static class LossCurve
{
    /// <summary>Draws the curve.</summary>
    /// <param name="path">The PNG to write.</param>
    /// <param name="records">The run's ticks; nothing is drawn where there are none.</param>
    /// <param name="title">What stands above the curve.</param>
    /// <returns>Whether there was anything to draw.</returns>
    public static bool Write(string path, IReadOnlyList<TickRecord> records, string title)
    {
        if (records.Count == 0)
        {
            return false;
        }

        using var plot = new Plot();
        double[] images = records.Select(record => (double)record.Images).ToArray();
        var line = plot.Add.Scatter(images, records.Select(record => record.Loss).ToArray());
        line.LineWidth = 2;
        line.MarkerSize = records.Count > 50 ? 0 : 6;
        plot.Title(title);
        plot.XLabel("images seen");
        plot.YLabel("loss (weighted, mean over elements)");
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = Thousands };
        byte[] png = plot.GetImageBytes(1000, 600, ImageFormat.Png);
        FileErrors.Writing(path, () => AtomicFile.Write(path, stream => stream.Write(png)));
        return true;
    }

    private static string Thousands(double images) => Math.Abs(images) switch
    {
        >= 1e6 => FormattableString.Invariant($"{images / 1e6:0.###}M"),
        >= 1e3 => FormattableString.Invariant($"{images / 1e3:0.###}k"),
        _ => FormattableString.Invariant($"{images:0.###}"),
    };
}
