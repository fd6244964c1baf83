using IlgpuEdm.Formats;
using ScottPlot;

namespace IlgpuEdm.Training;

/// <summary>Draws <c>curve.png</c>: the loss against the images seen.</summary>
public static class LossCurve
{
    private const string XLabel = "images seen";
    private const string YLabel = "loss (weighted, mean over elements)";
    private const int Width = 1000;
    private const int Height = 600;
    private const int LetterHeight = 14;

    /// <summary>Draws the curve.</summary>
    /// <param name="path">The PNG to write.</param>
    /// <param name="records">The run's ticks; nothing is drawn where there are none.</param>
    /// <param name="title">What stands above the curve.</param>
    /// <returns>Whether there was anything to draw.</returns>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public static bool Write(string path, IReadOnlyList<TickRecord> records, string title) =>
        Write(path, records, title, hasFonts: SkiaSharp.SKFontManager.Default.FontFamilyCount > 0);

    internal static bool Write(string path, IReadOnlyList<TickRecord> records, string title, bool hasFonts)
    {
        if (records.Count == 0)
        {
            return false;
        }

        using Plot plot = Draw(records);
        if (hasFonts)
        {
            plot.Title(title);
            plot.XLabel(XLabel);
            plot.YLabel(YLabel);
        }
        else
        {
            plot.Layout.Fixed(new PixelPadding(left: 90, right: 30, bottom: 70, top: 60));
        }

        byte[] png = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        png = hasFonts ? png : Letter(plot, png, title);
        FileErrors.Writing(path, () => AtomicFile.Write(path, stream => stream.Write(png)));
        return true;
    }

    private static Plot Draw(IReadOnlyList<TickRecord> records)
    {
        var plot = new Plot();
        double[] images = records.Select(record => (double)record.Images).ToArray();
        var line = plot.Add.Scatter(images, records.Select(record => record.Loss).ToArray());
        line.LineWidth = 2;
        line.MarkerSize = records.Count > 50 ? 0 : 6;
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, Top(records));
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = Thousands };
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            LabelFormatter = loss => FormattableString.Invariant($"{loss:0.######}"),
        };
        return plot;
    }

    // Room above the highest point, which would else touch the frame where all losses are nearly alike.
    internal static double Top(IReadOnlyList<TickRecord> records) =>
        records.Max(record => record.Loss) is > 0 and var highest && double.IsFinite(highest) ? 1.1 * highest : 1;

    // Without any font the plot has no letters; they are added to the finished image.
    private static byte[] Letter(Plot plot, byte[] png, string title)
    {
        byte[] pixels = ImageCodec.Default.Decode(png, RunFiles.Curve).Pixels;
        PixelRect area = plot.RenderManager.LastRender.DataRect;
        Centre(title, (int)area.HorizontalCenter, 10);
        PixelFont.Write(pixels, Width, YLabel, 10, (int)area.Top - LetterHeight - 6);
        Centre(XLabel, (int)area.HorizontalCenter, Height - LetterHeight - 10);
        int free = 0;
        foreach (Tick tick in plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor))
        {
            // The ticks were placed as if labels had no width; where they would overlap some stay unlabelled.
            int x = (int)plot.Axes.Bottom.GetPixel(tick.Position, area);
            if (x - (PixelFont.Width(tick.Label) / 2) >= free)
            {
                Centre(tick.Label, x, (int)area.Bottom + 10);
                free = x + (PixelFont.Width(tick.Label) / 2) + LetterHeight;
            }
        }

        foreach (Tick tick in plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor))
        {
            PixelFont.Write(pixels, Width, tick.Label, (int)area.Left - PixelFont.Width(tick.Label) - 8,
                (int)plot.Axes.Left.GetPixel(tick.Position, area) - (LetterHeight / 2));
        }

        return ImageCodec.Default.EncodePng(pixels, Width, Height, 3);

        void Centre(string text, int x, int top) => PixelFont.Write(pixels, Width, text, x - (PixelFont.Width(text) / 2), top);
    }

    private static string Thousands(double images) => Math.Abs(images) switch
    {
        >= 1e6 => FormattableString.Invariant($"{images / 1e6:0.###}M"),
        >= 1e3 => FormattableString.Invariant($"{images / 1e3:0.###}k"),
        _ => FormattableString.Invariant($"{images:0.###}"),
    };
}
