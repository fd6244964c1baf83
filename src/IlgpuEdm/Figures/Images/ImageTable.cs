using IlgpuEdm.Data;
using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace IlgpuEdm.Figures;

/// <summary>Images of a data set in rows and columns, each with a name.</summary>
internal static class ImageTable
{
    private const int RowNameWidth = 92;
    private const int ColumnNameHeight = 24;
    private const int AxisNameHeight = 22;
    private const int Edge = 8;

    // Small images are enlarged to at least about this width, pixel by pixel, so that no screen blurs them.
    private const int SharpWidth = 100;

    /// <summary>Draws the table.</summary>
    /// <param name="rows">The images, each height x width x channels.</param>
    /// <param name="data">Says how large they are.</param>
    /// <param name="rowNames">What each row shows; lines are broken at <c>\n</c>.</param>
    /// <param name="columnNames">What each column shows.</param>
    /// <param name="columnsAre">What the names of the columns are, such as the noise level; null where they need no word.</param>
    /// <param name="description">What the panel shows.</param>
    /// <param name="title">What stands above; null for nothing.</param>
    public static Panel Draw(IReadOnlyList<IReadOnlyList<byte[]>> rows, IImageDataset data, IReadOnlyList<string> rowNames,
        IReadOnlyList<string> columnNames, string? columnsAre, string description, string? title = null)
    {
        int columns = columnNames.Count;
        Plot plot = FigureStyle.Plot(columnsAre ?? "", "", title);
        plot.HideGrid();
        plot.Axes.Frame(false);
        (byte[] pixels, int width, int height) =
            ImageGrid.Compose([.. rows.SelectMany(row => row)], data.Width, data.Height, data.Channels, columns);
        (pixels, width, height) =
            ImageGrid.Enlarge(pixels, width, height, data.Channels, Math.Max(1, SharpWidth / data.Width));
        plot.Add.ImageRect(ToImage(pixels, width, height, data.Channels), new CoordinateRect(0, columns, -rows.Count, 0));
        plot.Axes.SetLimits(0, columns, -rows.Count, 0);
        Names(plot.Axes.Left, [.. rowNames.Select((name, i) => (-i - 0.5, name))]);
        Names(plot.Axes.Bottom, [.. columnNames.Select((name, i) => (i + 0.5, name))]);

        int top = title is null ? Edge : 40;
        int bottom = ColumnNameHeight + (columnsAre is null ? 0 : AxisNameHeight);
        plot.Layout.Fixed(new PixelPadding(RowNameWidth, Edge, bottom, top));
        double cell = (Panel.UsualWidth - RowNameWidth - Edge) / (double)columns * data.Height / data.Width;
        return new Panel(plot, description, Height: (int)Math.Round(cell * rows.Count) + top + bottom);
    }

    private static void Names(IAxis axis, IReadOnlyList<(double At, string Name)> names)
    {
        axis.TickGenerator = new NumericManual([.. names.Select(name => new Tick(name.At, name.Name))]);
        axis.MajorTickStyle.Length = 0;
    }

    private static Image ToImage(byte[] pixels, int width, int height, int channels)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> rgba = bitmap.GetPixelSpan();
        for (int i = 0; i < width * height; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                rgba[4 * i + c] = pixels[i * channels + (channels == 3 ? c : 0)];
            }

            rgba[4 * i + 3] = 255;
        }

        return new Image(bitmap);
    }
}
