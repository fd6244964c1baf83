using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>What stands in a report, and that nothing of it can do harm.</summary>
[TestClass]
public partial class RunReportTests
{
    [TestMethod]
    public void Training_leaves_a_report_with_each_tick_and_grid()
    {
        using var temp = new TemporaryFolder();
        (TrainingResult result, _, string folder) = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel());
        string page = File.ReadAllText(result.Report!);
        IReadOnlyList<TickRecord> ticks = StatisticsFiles.Read(folder).Ticks;
        AssertCurve(page, "Loss", ticks, tick => tick.Images, tick => tick.Loss);
        AssertCurve(page, "Learning rate", ticks, tick => tick.Images, tick => tick.LearningRate);
        AssertCurve(page, "Memory", ticks, tick => tick.Images, tick => tick.MemoryMb);
        CollectionAssert.AreEqual(new long[] { 200, 400 }, Moments(page), "the slider");
        Assert.HasCount(2, Pictures().Matches(page), "pictures");
        StringAssert.Contains(page, "400 of 400; finished", "how far it is");
    }

    [TestMethod]
    public void Each_noise_level_has_its_ticks()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 40, score: true)], RunReport.MostGridBytes);
        string chart = Chart(page, "Loss by noise level over time");
        foreach (string name in SigmaBins.Names)
        {
            TickRecord[] ticks = [.. ReportRuns.Ticks(40).Where(tick => tick.LossBySigma[name] is not null)];
            AssertCurve(page, "Loss by noise level over time", ticks, tick => tick.Images, tick => tick.LossBySigma[name]!.Value, name);
        }

        Assert.HasCount(SigmaBins.Count, Lines().Matches(chart), "no other line");
        Assert.HasCount(5, Lines().Matches(Chart(page, "Loss over noise level")), "spans of training");
    }

    [TestMethod]
    public void The_profile_of_a_constant_decay_is_exponential()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 40, score: false)], RunReport.MostGridBytes);
        double keeps = Math.Pow(0.99, 50);
        AssertCurve(page, "EMA profile", [.. ReportRuns.Ticks(40)], tick => 100 * (tick.Images - 1600) / (40 * 3200.0),
            tick => 40 * (1 - keeps) * Math.Pow(keeps, 40 - (tick.Images / 3200.0)), "half-life");
        AssertCurve(page, "EMA half-life", [.. ReportRuns.Ticks(40)], tick => tick.Images, _ => 8 * Math.Log(0.5) / Math.Log(0.99));
        double gamma = PowerEma.Gamma(0.1);
        (double x, double y)[] power = Points(Chart(page, "EMA profile"), "std 0.1");
        Assert.AreEqual(100, power[^1].x, 1e-6, "the end of training");
        Assert.AreEqual(gamma + 1, power[^1].y, 0.01, "(gamma + 1) t^gamma there");
    }

    [TestMethod]
    public void Scores_are_told_and_drawn()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 9, score: true)], RunReport.MostGridBytes);
        (double x, double y)[] points = Points(Chart(page, "Score: fake distance"), "");
        CollectionAssert.AreEqual(new[] { 9600.0, 19200, 28800 }, points.Select(point => Math.Round(point.x)).ToArray(), "images");
        Assert.AreEqual(50, points[1].y, 0.05, "the second score");
        StringAssert.Contains(page, "fake distance 33.333 at 28,800 images, of 500 drawn", "the best");
    }

    [TestMethod]
    public void Long_runs_are_drawn_by_means_and_say_so()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 2_500, score: false)], RunReport.MostGridBytes);
        (double x, double y)[] points = Points(Chart(page, "Loss"), "");
        Assert.HasCount(834, points, "points");
        Assert.AreEqual(0.2 + ((1 + 0.5 + (1 / 3.0)) / 3), points[0].y, 2e-3, "the mean of three");
        StringAssert.Contains(page, "Of 2,500 ticks each point is the mean of up to 3.", "what is said");
    }

    [TestMethod]
    public void Of_too_many_grids_an_even_selection_is_shown()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: false);
        IReadOnlyList<RunGrid> all = RunGrid.Find(run);
        Assert.HasCount(8, all, "grids");
        string page = RunReport.Of([run], all.Take(4).Sum(grid => grid.Bytes));
        long[] shown = Moments(page);
        Assert.IsTrue(shown.Length is 3 or 4 && shown[0] == all[0].Images && shown[^1] == 400, string.Join(' ', shown));
        StringAssert.Contains(page, $"{shown.Length} of 8 grids are shown", "what is said");
        CollectionAssert.AreEqual(new long[] { 400 }, Moments(RunReport.Of([run], 1)), "the last in any case");
    }

    [TestMethod]
    public void A_grid_too_large_for_a_page_counts_and_is_not_shown()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: false);
        Assert.IsFalse(RunHistory.Read(run).IsComplete, "the last grid is to come");
        using (FileStream large = File.Create(Path.Combine(run, "samples-000028800.png")))
        {
            large.SetLength(120_000_001);
        }

        Assert.IsTrue(RunHistory.Read(run).IsComplete, "it is there");
        string page = RunReport.Of([run], RunReport.MostGridBytes);
        Assert.AreEqual(400, Moments(page)[^1], "the last that is shown");
        StringAssert.Contains(page, "8 of 9 grids are shown", "what is said");
    }

    [TestMethod]
    public void A_run_that_is_scored_ends_with_its_last_score()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: true);
        File.WriteAllText(Path.Combine(run, "samples-000028800.png"), "a grid");
        RunHistory all = RunHistory.Read(run);
        Assert.IsTrue(all.IsComplete, "without a score");
        Assert.IsTrue(Scored(all, images: 500).IsComplete, "with the score that is there");
        Assert.IsFalse(Scored(all, images: 501).IsComplete, "with one of more images");
        Assert.IsFalse((Scored(all, images: 500) with { Scores = [.. all.Scores.SkipLast(1)] }).IsComplete, "with an earlier one");

        static RunHistory Scored(RunHistory read, int images)
        {
            var score = new ScoreOptions { EveryImages = 9_600, Images = images, Features = "fake" };
            return read with { Options = read.Options with { Schedule = read.Options.Schedule with { Score = score } } };
        }
    }

    [TestMethod]
    public void Several_runs_stand_side_by_side()
    {
        using var temp = new TemporaryFolder();
        string one = FakeRun.Train(temp.Path, FakeRun.Options(seed: 3), new FakeModel()).Folder;
        string two = FakeRun.Train(temp.Path, FakeRun.Options(seed: 4), new FakeModel()).Folder;
        string page = RunReport.Of([one, two], RunReport.MostGridBytes);
        foreach (string run in new[] { one, two })
        {
            AssertCurve(page, "Loss", StatisticsFiles.Read(run).Ticks, tick => tick.Images, tick => tick.Loss, Path.GetFileName(run));
        }

        Assert.HasCount(2, Regex.Matches(page, "<figure class=\"grid\">"), "figures with grids");
        Assert.HasCount(1, Regex.Matches(page, "class=\"slider\""), "one slider for both");
        Assert.HasCount(1, Regex.Matches(page, "<div class=\"differs\">"), "options that differ");
        Assert.MatchesRegex("<div class=\"differs\"><dt>seed</dt><dd><i[^>]*></i>3</dd><dd><i[^>]*></i>4</dd>", page, "the seed");
    }

    [TestMethod]
    public void Runs_of_one_name_are_told_apart_by_their_folders()
    {
        using var temp = new TemporaryFolder();
        string[] runs = [.. new[] { "a/runs", "b/runs", "b/others" }.Select(root => ReportRuns.Trained(temp.File(root), 3, score: false))];
        using RunFolder other = RunFolder.Open(temp.File("b/runs"), FakeRun.Options(seed: 4), resume: false);
        string page = RunReport.Of([.. runs, other.Location, runs[0] + "/", Path.Combine(runs[1], "..", Path.GetFileName(runs[1]))],
            RunReport.MostGridBytes);
        string name = Path.GetFileName(runs[0]);
        CollectionAssert.AreEqual(new[] { $"a/runs/{name}", $"b/runs/{name}", $"others/{name}", Path.GetFileName(other.Location) },
            Regex.Matches(page, "<h2><i[^>]*></i>([^<]*)</h2>").Select(match => match.Groups[1].Value).ToArray(), "names");
        StringAssert.Contains(page, "<title>4 runs</title>", "a folder given twice is one run");
    }

    [TestMethod]
    public void The_script_is_as_browsers_compare_it()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 3, score: false)], RunReport.MostGridBytes);
        Assert.DoesNotContain("\r", page, "line breaks");
        string script = Regex.Match(page, "<script>(.*)</script>", RegexOptions.Singleline).Groups[1].Value;
        StringAssert.Contains(page, $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", "the hash");
    }

    [TestMethod]
    public void Names_of_the_users_are_text_and_nothing_is_loaded()
    {
        const string Hostile = "\"'><script src=https://example.org/x.js></script><img src=x onerror=alert(1)>";
        using var temp = new TemporaryFolder();
        string trained = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        string run = temp.File("a \"'><b onclick=alert(1)>&amp;");
        Directory.Move(trained, run);
        string options = Path.Combine(run, "options.json");
        File.WriteAllText(options, File.ReadAllText(options).Replace("/nowhere/fake", Hostile.Replace("\"", "\\\"")));
        File.AppendAllText(Path.Combine(run, "log.txt"), Hostile + "\n");
        File.WriteAllLines(Path.Combine(run, "sessions.jsonl"), Enumerable.Repeat(
            "{\"started\":\"x\",\"version\":\"" + Hostile.Replace("\"", "\\\"") + "\",\"devices\":\"<b>gpu</b>\",\"kernels\":\"fat\","
                + "\"precision\":\"fp32\",\"processor\":\"<b>\",\"cores\":2,\"memory_mb\":1,\"system\":\"<b>\",\"runtime\":\"<b>\"}", 2));
        string page = RunReport.Of([run, ReportRuns.Trained(temp.File("other"), ticks: 3, score: false)], RunReport.MostGridBytes);
        StringAssert.Contains(page, "onerror=alert(1)&gt;", "it is there as text");
        StringAssert.Contains(page, "&lt;b&gt;gpu&lt;/b&gt;", "the device is");
        Assert.MatchesRegex("<summary>2 sessions</summary><pre>x &lt;b&gt;gpu&lt;/b&gt;, fat, fp32;", page, "each session");
        string[] tags = [.. Tags().Matches(page).Select(tag => tag.Value)];
        Assert.IsGreaterThan(100, tags.Length, "tags");
        foreach (string tag in tags)
        {
            string known = Regex.Replace(tag, "\"[^\"]*\"", "\"\"");
            Assert.IsFalse(Regex.IsMatch(known, "\\son|<b[ >]|'|example", RegexOptions.IgnoreCase), tag);
            foreach (Match loaded in Regex.Matches(tag, "\\s(?:src|href|data|action|poster|srcset)=(?:\"([^\"]*)\"|([^\" >]+))"))
            {
                StringAssert.StartsWith(loaded.Groups[1].Value, "data:", tag);
            }
        }

        Assert.HasCount(1, tags.Where(tag => tag.StartsWith("<script", StringComparison.OrdinalIgnoreCase)).ToArray(), "scripts");
        Assert.IsFalse(Regex.IsMatch(page, "url\\(|@import"), "the style sheet loads nothing");
    }

    [TestMethod]
    public void Damaged_files_are_survived()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        IReadOnlyList<TickRecord> ticks = StatisticsFiles.Read(run).Ticks;
        string file = Path.Combine(run, "stats.jsonl");
        string huge = File.ReadLines(file).First().Replace("\"memory_mb\":1.5", "\"memory_mb\":1e999", StringComparison.Ordinal)
            .Replace("\"ema_beta\":0.9", "\"ema_beta\":-4e200", StringComparison.Ordinal);
        File.WriteAllText(file, "\0\ufffd{}\nnull\n[]\n" + File.ReadAllText(file) + huge + "\n{\"images\":");
        File.WriteAllText(Path.Combine(run, "sessions.jsonl"), "{]\nnull\n{\"started\":null}\n{\"sta");
        File.WriteAllText(Path.Combine(run, "samples-000000200.png"), "no picture");
        File.WriteAllText(Path.Combine(run, "samples-x.png"), "no number");
        File.Delete(Path.Combine(run, "log.txt"));
        string page = RunReport.Of([run], RunReport.MostGridBytes);
        Assert.HasCount(ticks.Count, Points(Chart(page, "Memory"), ""), "what can be drawn of the ticks");
        CollectionAssert.AreEqual(new long[] { 400 }, Moments(page), "the grid that is left");
        Assert.IsFalse(Regex.IsMatch(Regex.Replace(page, "(?:base64,|sha256-)[A-Za-z0-9+/=]+", ""), "NaN|Infinity|∞"), "numbers");
    }

    [TestMethod]
    public void A_run_that_has_only_begun_has_a_report()
    {
        using var temp = new TemporaryFolder();
        using RunFolder folder = RunFolder.Open(temp.Path, FakeRun.Options(), resume: false);
        string page = RunReport.Of([folder.Location], RunReport.MostGridBytes);
        StringAssert.Contains(page, "No tick has ended yet.", "no curve");
        StringAssert.Contains(page, "No grid was drawn yet.", "no grid");
        StringAssert.Contains(page, "0 of 400; not finished", "how far it is");
    }

    [TestMethod]
    public void A_report_that_cannot_be_written_does_not_stop_training()
    {
        using var temp = new TemporaryFolder();
        using (RunFolder made = RunFolder.Open(temp.Path, FakeRun.Options(), resume: true))
        {
            Directory.CreateDirectory(made.FilePath(RunFiles.Report));
        }

        (TrainingResult result, List<string> lines, string folder) = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel());
        Assert.AreEqual(TrainingOutcome.Finished, result.Outcome, "how it ended");
        Assert.IsNull(result.Report, "no report");
        const string Told = "the report was not written: ";
        Assert.IsTrue(lines.Any(line => line.StartsWith(Told, StringComparison.Ordinal)), string.Join('\n', lines));
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, "log.txt")), Told, "the log");
    }

    // Places in the drawing have two decimals, so values come back to a part in some thousands of the axis.
    private static void AssertCurve(string page, string title, IReadOnlyList<TickRecord> ticks, Func<TickRecord, double> x,
        Func<TickRecord, double> y, string name = "")
    {
        (double X, double Y)[] points = Points(Chart(page, title), name);
        Assert.HasCount(ticks.Count, points, $"points of {title} {name}");
        double width = points.Max(point => point.X);
        double height = ticks.Max(y);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.AreEqual(x(ticks[i]), points[i].X, width * 1e-4, $"{title} {name}: x of tick {i}");
            Assert.AreEqual(y(ticks[i]), points[i].Y, height * 1e-3, $"{title} {name}: y of tick {i}");
        }
    }

    private static string Chart(string page, string title) => Regex
        .Matches(page, "<figure class=\"chart\">.*?</figure>", RegexOptions.Singleline)
        .Select(match => match.Value).Single(chart => chart.Contains($"<h3>{title}</h3>", StringComparison.Ordinal));

    private static (double X, double Y)[] Points(string chart, string name)
    {
        double[] area = Numbers(Regex.Match(chart, "data-area=\"([^\"]*)\"").Groups[1].Value);
        double[] x = Numbers(Regex.Match(chart, "data-x=\"([^\"]*)\"").Groups[1].Value);
        double[] y = Numbers(Regex.Match(chart, "data-y=\"([^\"]*)\"").Groups[1].Value);
        string path = Lines().Matches(chart).Single(line => line.Groups["name"].Value == name).Groups["path"].Value;
        return [.. path.Split('L').Select(Numbers).Select(at =>
            (Value(x, (at[0] - area[0]) / (area[1] - area[0])), Value(y, (area[3] - at[1]) / (area[3] - area[2]))))];

        static double Value(double[] axis, double share) =>
            axis[2] == 1 ? axis[0] * Math.Pow(axis[1] / axis[0], share) : axis[0] + (share * (axis[1] - axis[0]));
    }

    private static double[] Numbers(string text) =>
        [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static long[] Moments(string page)
    {
        long[] moments = [.. Numbers(Regex.Match(page, "data-moments=\"([^\"]*)\"").Groups[1].Value).Select(moment => (long)moment)];
        StringAssert.Contains(page, $"min=\"0\" max=\"{moments.Length - 1}\" value=\"{moments.Length - 1}\"", "the slider has them all");
        return moments;
    }

    [GeneratedRegex("<path class=\"line\" style=\"[^\"]*\" data-name=\"(?<name>[^\"]*)\" d=\"M(?<path>[^\"]*)\"/>")]
    private static partial Regex Lines();

    [GeneratedRegex("<img[^>]* src=\"data:image/png;base64,[A-Za-z0-9+/=]{50,}\">")]
    private static partial Regex Pictures();

    [GeneratedRegex("<[A-Za-z](?:\"[^\"]*\"|[^\">])*>")]
    private static partial Regex Tags();
}
