using System.Globalization;
using System.Text;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>
/// A page about a run, or several side by side: one file with everything in it, which asks no network for anything and can be kept, sent
/// and read anywhere.
/// </summary>
public sealed class RunReport
{
    /// <summary>All grids of all runs may have so many bytes; of more an even selection is shown.</summary>
    internal const long MostGridBytes = 20_000_000;

    private readonly StringBuilder _page = new();
    private readonly IReadOnlyList<RunHistory> _runs;

    private RunReport(IReadOnlyList<RunHistory> runs) => _runs = runs;

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="runs">The folders of the runs, at least one.</param>
    /// <exception cref="EdmException">A folder is no run's or cannot be read, or the file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> runs)
    {
        var report = new RunReport(Distinct(runs.Select(RunHistory.Read)));
        AtomicFile.Write(path, stream =>
        {
            using var page = new StreamWriter(stream, leaveOpen: true);
            report.WriteTo(page, MostGridBytes);
        });
    }

    /// <summary>The page, with grids of so many bytes at most.</summary>
    internal static string Of(IReadOnlyList<string> runs, long gridBytes)
    {
        using var page = new StringWriter();
        new RunReport(Distinct(runs.Select(RunHistory.Read))).WriteTo(page, gridBytes);
        return page.ToString();
    }

    // A folder given twice is one run. Runs of several folders may have one name: as many parents as tell them apart stand before it.
    private static RunHistory[] Distinct(IEnumerable<RunHistory> runs)
    {
        RunHistory[] all = [.. runs.DistinctBy(run => run.Location, StringComparer.Ordinal)];
        string[][] paths = [.. all.Select(run => run.Location.Split(Path.DirectorySeparatorChar))];
        return [.. all.Select((run, i) => run with { Name = string.Join('/', Shortest(paths[i])) })];

        string[] Shortest(string[] path) => Enumerable.Range(1, path.Length).Select(length => path[^length..])
            .First(end => paths.Count(other => other.TakeLast(end.Length).SequenceEqual(end)) == 1);
    }

    private void WriteTo(TextWriter page, long gridBytes)
    {
        string title = _runs.Count > 1 ? $"{_runs.Count} runs" : _runs[0].Name;
        string style = HtmlPage.Resource(typeof(RunReport), "report.css");
        HtmlPage.Write(page, title, style, HtmlPage.Resource(typeof(RunReport), "report.js"), () =>
        {
            Header(title);
            Facts();

            // The grids are most of the page, and are never in memory together.
            page.Write(_page);
            _page.Clear();
            new ReportGrids(_runs, gridBytes).Write(page);
            Curves();
            Options();
            Logs();
            page.Write(_page);
        });
    }

    private void Header(string title)
    {
        string written = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _page.Append($"<header><h1>{HtmlPage.Escape(title)}</h1><p>Report of {(_runs.Count > 1 ? "training runs" : "a training run")}, ")
            .Append($"written {written} by ilgpu-edm {HtmlPage.Escape(SessionRecord.ProgramVersion)}</p></header>\n");
    }

    private void Facts()
    {
        _page.Append("<section class=\"cards\">\n");
        foreach ((int i, RunHistory run) in _runs.Index())
        {
            _page.Append("<article class=\"card\">");
            _page.Append(_runs.Count > 1 ? $"<h2>{Swatch(i)}{HtmlPage.Escape(run.Name)}</h2>" : "");
            _page.Append("<dl>");
            foreach ((string name, string value) in ReportFacts.Of(run))
            {
                _page.Append($"<div><dt>{HtmlPage.Escape(name)}</dt><dd>{HtmlPage.Escape(value)}</dd></div>");
            }

            _page.Append("</dl></article>\n");
        }

        _page.Append("</section>\n");
    }

    private void Curves()
    {
        int ticks = _runs.Max(run => run.Ticks.Count);
        _page.Append("<section><h2>Curves</h2>\n");
        _page.Append(ticks == 0 ? "<p>No tick has ended yet.</p>\n" : "");
        _page.Append(TickThinning.TicksPerPoint(ticks) > 1
            ? $"<p>Of {NumberText.Whole(ticks)} ticks each point is the mean of up to {TickThinning.TicksPerPoint(ticks)}.</p>\n" : "");
        if (_runs.Count == 1)
        {
            Charts([.. RunCurves.OfAll(_runs), .. RunCurves.OfOne(_runs[0])]);
        }
        else
        {
            Charts(RunCurves.OfAll(_runs));
            foreach ((int i, RunHistory run) in _runs.Index().Where(entry => entry.Item.Ticks.Count > 0))
            {
                _page.Append($"<h3 class=\"run\">{Swatch(i)}{HtmlPage.Escape(run.Name)}</h3>\n");
                Charts(RunCurves.OfOne(run));
            }
        }

        _page.Append("</section>\n");
    }

    private void Charts(IEnumerable<SvgChart> charts) =>
        _page.Append("<div class=\"charts\">\n").AppendJoin("", charts.Select(chart => chart.ToHtml())).Append("</div>\n");

    private void Options()
    {
        _page.Append("<section><h2>Configuration</h2>\n");
        _page.Append(_runs.Count > 1 ? "<p>An option that differs has a line for each run and stands first.</p>\n" : "");
        _page.Append("<dl class=\"options\">\n");
        foreach ((string name, IReadOnlyList<string?> values) in ReportFacts.Options(_runs).OrderBy(option => !Differs(option.Values)))
        {
            _page.Append(Differs(values) ? "<div class=\"differs\">" : "<div>").Append($"<dt>{HtmlPage.Escape(name)}</dt>");
            _page.AppendJoin("", Differs(values)
                ? values.Select((value, i) => $"<dd>{Swatch(i)}{HtmlPage.Escape(value ?? "none")}</dd>")
                : [$"<dd>{HtmlPage.Escape(values[0] ?? "none")}</dd>"]);
            _page.Append("</div>\n");
        }

        _page.Append("</dl></section>\n");

        static bool Differs(IReadOnlyList<string?> values) => values.Any(value => value != values[0]);
    }

    private void Logs()
    {
        _page.Append("<section><h2>Log</h2>\n");
        foreach ((int i, RunHistory run) in _runs.Index())
        {
            string name = _runs.Count > 1 ? Swatch(i) + HtmlPage.Escape(run.Name) : "The last lines of log.txt";
            _page.Append($"<details><summary>{name}</summary><pre>");
            _page.AppendJoin('\n', run.Log.Select(HtmlPage.Escape)).Append("</pre></details>\n");
            if (run.Sessions.Count > 1)
            {
                _page.Append($"<details><summary>{run.Sessions.Count} sessions</summary><pre>");
                _page.AppendJoin('\n', run.Sessions.Select(ReportFacts.Of).Select(HtmlPage.Escape)).Append("</pre></details>\n");
            }
        }

        _page.Append("</section>\n");
    }

    private static string Swatch(int i) => $"<i class=\"swatch\" style=\"background:{ChartSeries.ColourOf(i)}\"></i>";
}
