using IlgpuEdm.Formats;
using IlgpuEdm.Training;
using ScottPlot;

namespace IlgpuEdm.Tests.Toy;

/// <summary>Points of the plane, drawn side by side.</summary>
internal static class PlanePicture
{
    private const int Size = 320, TitleHeight = 24;
    private const double Limit = 1.15;

    /// <summary>Draws panels from left to right.</summary>
    /// <returns>A PNG.</returns>
    public static byte[] Draw(params (string Title, double[] Points)[] panels)
    {
        int width = panels.Length * Size, height = Size + TitleHeight;
        var pixels = new byte[3 * width * height];
        Array.Fill(pixels, (byte)255);
        for (int i = 0; i < panels.Length; i++)
        {
            byte[] panel = ImageCodec.Default.Decode(Panel(panels[i].Points).GetImageBytes(Size, Size, ImageFormat.Png), "panel").Pixels;
            for (int y = 0; y < Size; y++)
            {
                panel.AsSpan(3 * y * Size, 3 * Size).CopyTo(pixels.AsSpan(3 * ((y + TitleHeight) * width + i * Size)));
            }

            // The letters of the plotting library need fonts, which not every machine has.
            PixelFont.Write(pixels, width, panels[i].Title, i * Size + (Size - PixelFont.Width(panels[i].Title)) / 2, 6);
        }

        return ImageCodec.Default.EncodePng(pixels, width, height, 3);
    }

    private static Plot Panel(double[] points)
    {
        var plot = new Plot();
        double[] Values(int j) => [.. points.Where((_, i) => i % 2 == j)];
        var markers = plot.Add.ScatterPoints(Values(0), Values(1), Color.FromHex("#1f77b4").WithAlpha(0.6));
        markers.MarkerSize = 3;
        plot.Axes.SetLimits(-Limit, Limit, -Limit, Limit);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Layout.Fixed(new PixelPadding(left: 8, right: 8, bottom: 8, top: 0));
        return plot;
    }
}
