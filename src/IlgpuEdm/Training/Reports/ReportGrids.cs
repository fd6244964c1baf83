using System.Globalization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>The sample grids of a report, with one slider for all runs: what each drew by then.</summary>
/// <param name="runs">The runs.</param>
/// <param name="most">How many bytes all grids may have.</param>
internal sealed class ReportGrids(IReadOnlyList<RunHistory> runs, long most)
{
    // Small grids are enlarged to about this width, by a whole number.
    private const int GoodWidth = 560;

    /// <summary>Writes the section, with one picture at a time in memory.</summary>
    public void Write(TextWriter page)
    {
        page.Write("<section><h2>Samples of the averaged weights</h2>\n");
        var shown = new List<Picture[]>();
        foreach ((int i, RunHistory run) in runs.Index())
        {
            IReadOnlyList<RunGrid> chosen = RunGrid.Select([.. run.Grids.Where(grid => grid.CanBeShown)], most / runs.Count);
            shown.Add([.. chosen.Select(grid => (Grid: grid, Size: grid.TryReadSize())).Where(entry => entry.Size is not null)
                .Select(entry => new Picture(entry.Grid, entry.Size!.Value.Width, entry.Size.Value.Height))]);
            if (chosen.Count < run.Grids.Count)
            {
                page.Write($"<p>{Name(i)}{chosen.Count} of {run.Grids.Count} grids are shown, evenly chosen, to keep the page small; ");
                page.Write("the others are in the run's folder.</p>\n");
            }
        }

        var moments = new SortedSet<long>(shown.SelectMany(pictures => pictures).Select(picture => picture.Grid.Images));
        if (moments.Count == 0)
        {
            page.Write("<p>No grid was drawn yet.</p>\n</section>\n");
            return;
        }

        // Without a script the last grids are seen, and no slider that does nothing.
        string all = string.Join(' ', moments.Select(moment => moment.ToString(CultureInfo.InvariantCulture)));
        page.Write($"<div class=\"slider\" hidden data-moments=\"{all}\">");
        page.Write("<button type=\"button\" aria-label=\"play through training\">&#9654;</button>");
        page.Write($"<input type=\"range\" min=\"0\" max=\"{moments.Count - 1}\" value=\"{moments.Count - 1}\" step=\"1\" ");
        page.Write($"aria-label=\"moment of training\"><output>{NumberText.Whole(moments.Max)} images</output></div>\n");
        page.Write("<div class=\"grids\">\n");
        foreach ((int i, Picture[] pictures) in shown.Index().Where(entry => entry.Item.Length > 0))
        {
            Figure(page, i, pictures);
        }

        page.Write("</div>\n</section>\n");
    }

    private void Figure(TextWriter page, int index, Picture[] pictures)
    {
        page.Write("<figure class=\"grid\">");
        foreach ((RunGrid grid, int width, int height) in pictures)
        {
            int shown = width * Math.Max(1, GoodWidth / Math.Max(width, 1));
            string hidden = grid == pictures[^1].Grid ? "" : " hidden";
            page.Write($"<img{hidden} data-images=\"{grid.Images.ToString(CultureInfo.InvariantCulture)}\" ");
            page.Write($"width=\"{width}\" height=\"{height}\" style=\"width:{shown}px\" ");
            page.Write($"alt=\"samples of {HtmlPage.Escape(runs[index].Name)} after ");
            page.Write($"{NumberText.Whole(grid.Images)} images\" ");
            page.Write("src=\"data:image/png;base64,");

            // One that was taken away in this moment is an empty picture.
            page.Write(Convert.ToBase64String(grid.TryReadBytes() ?? []));
            page.Write("\">\n");
        }

        page.Write($"<figcaption>{Name(index)}<output>{NumberText.Whole(pictures[^1].Grid.Images)} images</output></figcaption></figure>\n");
    }

    private string Name(int index) => runs.Count > 1
        ? $"<i class=\"swatch\" style=\"background:{ChartSeries.ColourOf(index)}\"></i>{HtmlPage.Escape(runs[index].Name)}: "
        : "";

    private sealed record Picture(RunGrid Grid, int Width, int Height);
}
