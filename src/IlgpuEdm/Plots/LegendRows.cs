using ScottPlot;

namespace IlgpuEdm.Plots;

/// <summary>
/// The names of a plot's lines below it, in as many rows as they need. The plotting library's own legend takes room for one row before it
/// breaks the others.
/// </summary>
/// <param name="plot">The plot.</param>
/// <param name="width">The room from left to right.</param>
internal sealed class LegendRows(Plot plot, float width) : IPanel
{
    private const float FontSize = 13;
    private const float RowHeight = 21;
    private const float Symbol = 20;
    private const float Gap = 6;
    private const float Between = 14;

    /// <inheritdoc/>
    public bool IsVisible { get; set; } = true;

    /// <inheritdoc/>
    public float MinimumSize { get; set; }

    /// <inheritdoc/>
    public float MaximumSize { get; set; } = float.MaxValue;

    /// <inheritdoc/>
    public Edge Edge => Edge.Bottom;

    /// <inheritdoc/>
    public bool ShowDebugInformation { get; set; }

    /// <inheritdoc/>
    public float Measure(Paint paint) => Rows(paint).Count * RowHeight;

    /// <inheritdoc/>
    public PixelRect GetPanelRect(PixelRect dataRect, float size, float offset, Paint paint) =>
        new(dataRect.Left, dataRect.Right, dataRect.Bottom + offset + size, dataRect.Bottom + offset);

    /// <inheritdoc/>
    public void Render(RenderPack rp, float size, float offset)
    {
        // The plot's numbers stand left of its data; the rows take the whole width.
        float y = rp.DataRect.Bottom + offset + RowHeight / 2;
        foreach (IReadOnlyList<(LegendItem Item, float Width)> row in Rows(rp.Paint))
        {
            float x = (width - row.Sum(entry => entry.Width) - Between * (row.Count - 1)) / 2;
            foreach ((LegendItem item, float itemWidth) in row)
            {
                DrawSymbol(rp, item, x, y);
                LabelStyle label = Label(item);
                label.Alignment = Alignment.MiddleLeft;
                label.Render(rp.Canvas, new Pixel(x + Symbol + Gap, y), rp.Paint);
                x += itemWidth + Between;
            }

            y += RowHeight;
        }
    }

    private static void DrawSymbol(RenderPack rp, LegendItem item, float x, float y)
    {
        var box = new PixelRect(x, x + Symbol, y + 5, y - 5);
        if (item.FillStyle.CanBeRendered)
        {
            Drawing.FillRectangle(rp.Canvas, box, rp.Paint, item.FillStyle);
        }

        if (item.LineStyle.CanBeRendered)
        {
            Drawing.DrawLine(rp.Canvas, rp.Paint, new PixelLine(x, y, x + Symbol, y), item.LineStyle);
        }

        if (item.MarkerStyle.IsVisible && item.MarkerStyle.Shape != MarkerShape.None)
        {
            item.MarkerStyle.Render(rp.Canvas, new Pixel(x + Symbol / 2, y), rp.Paint);
        }
    }

    private static LabelStyle Label(LegendItem item) =>
        new() { Text = item.LabelText, FontName = FigureFont.Name, FontSize = FontSize, ForeColor = FigureStyle.Ink };

    private List<List<(LegendItem Item, float Width)>> Rows(Paint paint)
    {
        var rows = new List<List<(LegendItem, float)>>();
        float free = 0;
        foreach (LegendItem item in plot.Legend.GetItems())
        {
            float itemWidth = Symbol + Gap + Label(item).Measure(paint).Width;
            if (rows.Count == 0 || itemWidth + Between > free)
            {
                rows.Add([]);
                free = width - 8;
            }
            else
            {
                free -= Between;
            }

            rows[^1].Add((item, itemWidth));
            free -= itemWidth;
        }

        return rows;
    }
}
