using System.Globalization;
using System.Net;
using System.Text;

namespace IlgpuEdm.Training.Reports;

/// <summary>The sample grids of a report, with one slider for all runs: what each drew by then.</summary>
/// <param name="runs">The runs.</param>
/// <param name="most">How many bytes all grids may have.</param>
internal sealed class ReportGrids(IReadOnlyList<RunHistory> runs, long most)
{
    // Small grids are enlarged to about this width, by a whole number.
    private const int GoodWidth = 560;

    /// <summary>Appends the section.</summary>
    public void Write(StringBuilder page)
    {
        page.Append("<section><h2>Samples of the averaged weights</h2>\n");
        var figures = new StringBuilder();
        var moments = new SortedSet<long>();
        foreach ((int i, RunHistory run) in runs.Index())
        {
            IReadOnlyList<RunGrid> chosen = RunGrid.Select([.. run.Grids.Where(grid => grid.CanBeShown)], most / runs.Count);
            Figure(figures, i, run, chosen, moments);
            if (chosen.Count < run.Grids.Count)
            {
                page.Append($"<p>{Name(i)}{chosen.Count} of {run.Grids.Count} grids are shown, evenly chosen, to keep the page small; ")
                    .Append("the others are in the run's folder.</p>\n");
            }
        }

        if (moments.Count == 0)
        {
            page.Append("<p>No grid was drawn yet.</p>\n</section>\n");
            return;
        }

        // Without a script the last grids are seen, and no slider that does nothing.
        string all = string.Join(' ', moments.Select(moment => moment.ToString(CultureInfo.InvariantCulture)));
        page.Append($"<div class=\"slider\" hidden data-moments=\"{all}\">")
            .Append("<button type=\"button\" aria-label=\"play through training\">&#9654;</button>")
            .Append($"<input type=\"range\" min=\"0\" max=\"{moments.Count - 1}\" value=\"{moments.Count - 1}\" step=\"1\" ")
            .Append($"aria-label=\"moment of training\"><output>{NumberText.Whole(moments.Max)} images</output></div>\n");
        page.Append("<div class=\"grids\">\n").Append(figures).Append("</div>\n</section>\n");
    }

    private void Figure(StringBuilder html, int index, RunHistory run, IReadOnlyList<RunGrid> grids, SortedSet<long> moments)
    {
        (RunGrid Grid, (int Width, int Height, string Uri) Picture)[] read =
            [.. grids.Select(grid => (grid, Picture: grid.TryRead())).Where(entry => entry.Picture is not null)
                .Select(entry => (entry.grid, entry.Picture!.Value))];
        if (read.Length == 0)
        {
            return;
        }

        html.Append("<figure class=\"grid\">");
        foreach ((RunGrid grid, (int width, int height, string uri)) in read)
        {
            moments.Add(grid.Images);
            int shown = width * Math.Max(1, GoodWidth / Math.Max(width, 1));
            string hidden = grid == read[^1].Grid ? "" : " hidden";
            html.Append($"<img{hidden} data-images=\"{grid.Images.ToString(CultureInfo.InvariantCulture)}\" ")
                .Append($"width=\"{width}\" height=\"{height}\" style=\"width:{shown}px\" ")
                .Append($"alt=\"samples of {WebUtility.HtmlEncode(run.Name)} after {NumberText.Whole(grid.Images)} images\" ")
                .Append($"src=\"{uri}\">\n");
        }

        html.Append($"<figcaption>{Name(index)}<output>{NumberText.Whole(read[^1].Grid.Images)} images</output></figcaption></figure>\n");
    }

    private string Name(int index) => runs.Count > 1
        ? $"<i class=\"swatch\" style=\"background:{ChartSeries.ColourOf(index)}\"></i>{WebUtility.HtmlEncode(runs[index].Name)}: "
        : "";
}
