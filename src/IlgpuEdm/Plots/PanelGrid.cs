using System.Text;
using ScottPlot;
using SkiaSharp;

namespace IlgpuEdm.Plots;

/// <summary>Panels side by side in one picture: row by row, each column as wide as its widest panel.</summary>
internal static class PanelGrid
{
    /// <summary>The picture as a PNG.</summary>
    /// <param name="panels">The panels.</param>
    /// <param name="columns">Panels in a row.</param>
    /// <param name="scale">Pixels for each of the panels' sizes.</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] ToPng(IReadOnlyList<Panel> panels, int columns, float scale)
    {
        using SKBitmap bitmap = ToBitmap(panels, columns, scale);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>The picture as an SVG, whose letters are text.</summary>
    /// <param name="panels">The panels.</param>
    /// <param name="columns">Panels in a row.</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] ToSvg(IReadOnlyList<Panel> panels, int columns)
    {
        (int width, int height, IReadOnlyList<SKPoint> places) = Arrange(panels, columns);
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
        {
            Draw(canvas, panels, places);
        }

        // With a viewBox it can be shown at any size.
        string size = FormattableString.Invariant($"width=\"{width}\" height=\"{height}\"");
        string svg = Encoding.UTF8.GetString(stream.ToArray());
        return Encoding.UTF8.GetBytes(svg.Replace(size, $"{size} viewBox=\"0 0 {width} {height}\"", StringComparison.Ordinal));
    }

    /// <summary>The picture's pixels, four bytes each in the order red, green, blue, alpha.</summary>
    public static SKBitmap ToBitmap(IReadOnlyList<Panel> panels, int columns, float scale)
    {
        (int width, int height, IReadOnlyList<SKPoint> places) = Arrange(panels, columns);
        var bitmap = new SKBitmap(
            new SKImageInfo((int)(width * scale), (int)(height * scale), SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Scale(scale);
        Draw(canvas, panels, places);
        return bitmap;
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<Panel> panels, IReadOnlyList<SKPoint> places)
    {
        canvas.Clear(SKColors.White);
        foreach ((int i, Panel panel) in panels.Index())
        {
            // The first time, a plot is drawn more than once until its numbers fit; an SVG would keep all of that.
            panel.Plot.RenderInMemory(panel.Width, panel.Height);
            canvas.Save();
            canvas.Translate(places[i]);

            // A plot begins with a clean canvas: all that it may draw on.
            canvas.ClipRect(SKRect.Create(panel.Width, panel.Height));
            panel.Plot.Render(canvas, new PixelRect(0, panel.Width, panel.Height, 0));
            canvas.Restore();
        }
    }

    private static (int Width, int Height, IReadOnlyList<SKPoint> Places) Arrange(IReadOnlyList<Panel> panels, int columns)
    {
        int[] widths = [.. Enumerable.Range(0, Math.Min(columns, panels.Count))
            .Select(column => panels.Where((_, i) => i % columns == column).Max(panel => panel.Width))];
        int[] heights = [.. panels.Chunk(columns).Select(row => row.Max(panel => panel.Height))];
        return (widths.Sum(), heights.Sum(),
            [.. panels.Select((_, i) => new SKPoint(widths.Take(i % columns).Sum(), heights.Take(i / columns).Sum()))]);
    }
}
