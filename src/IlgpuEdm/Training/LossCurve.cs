using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Training;

/// <summary>Draws <c>curve.png</c>: the loss against the images seen.</summary>
public static class LossCurve
{
    private const int Width = 1000;
    private const int Height = 600;

    /// <summary>Draws the curve.</summary>
    /// <param name="path">The PNG to write.</param>
    /// <param name="records">The run's ticks; nothing is drawn where there are none.</param>
    /// <param name="title">What stands above the curve.</param>
    /// <returns>Whether there was anything to draw.</returns>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public static bool Write(string path, IReadOnlyList<TickRecord> records, string title)
    {
        if (records.Count == 0)
        {
            return false;
        }

        using Plot plot = Draw(records, title);
        byte[] png = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        FileErrors.Writing(path, () => AtomicFile.Write(path, stream => stream.Write(png)));
        return true;
    }

    private static Plot Draw(IReadOnlyList<TickRecord> records, string title)
    {
        Plot plot = FigureStyle.Plot("images seen", "loss (weighted, mean over elements)", title);
        double[] images = records.Select(record => (double)record.Images).ToArray();
        var line = plot.Add.Scatter(images, records.Select(record => record.Loss).ToArray());
        line.Color = FigureStyle.Colours[0];
        line.LineWidth = 2;
        line.MarkerSize = records.Count > 50 ? 0 : 6;
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, Top(records));
        return plot;
    }

    // Room above the highest point, which would else touch the frame where all losses are nearly alike.
    internal static double Top(IReadOnlyList<TickRecord> records) =>
        records.Max(record => record.Loss) is > 0 and var highest && double.IsFinite(highest) ? 1.1 * highest : 1;
}
