using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>What stands in a report.</summary>
[TestClass]
public class RunReportTests
{
    [TestMethod]
    public void Training_leaves_a_report_with_each_tick_and_grid()
    {
        using var temp = new TemporaryFolder();
        (TrainingResult result, _, string folder) = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel());
        string page = File.ReadAllText(result.Report!);
        IReadOnlyList<TickRecord> ticks = StatisticsFiles.Read(folder).Ticks;
        ReportText.AssertCurve(page, "Loss", ticks, tick => tick.Images, tick => tick.Loss);
        ReportText.AssertCurve(page, "Learning rate", ticks, tick => tick.Images, tick => tick.LearningRate);
        ReportText.AssertCurve(page, "Memory", ticks, tick => tick.Images, tick => tick.MemoryMb);
        CollectionAssert.AreEqual(new long[] { 200, 400 }, ReportText.Moments(page), "the slider");
        Assert.HasCount(2, ReportText.Pictures().Matches(page), "pictures");
        StringAssert.Contains(page, "400 of 400; finished", "how far it is");
    }

    [TestMethod]
    public void Each_noise_level_has_its_ticks()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 40, score: true)], RunReport.MostGridBytes);
        string chart = ReportText.Chart(page, "Loss by noise level over time");
        foreach (string name in SigmaBins.Names)
        {
            TickRecord[] ticks = [.. ReportRuns.Ticks(40).Where(tick => tick.LossBySigma[name] is not null)];
            ReportText.AssertCurve(
                page, "Loss by noise level over time", ticks, tick => tick.Images, tick => tick.LossBySigma[name]!.Value, name);
        }

        Assert.HasCount(SigmaBins.Count, ReportText.Lines().Matches(chart), "no other line");
        Assert.HasCount(5, ReportText.Lines().Matches(ReportText.Chart(page, "Loss over noise level")), "spans of training");
    }

    [TestMethod]
    public void The_profile_of_a_constant_decay_is_exponential()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 40, score: false)], RunReport.MostGridBytes);
        double keeps = Math.Pow(0.99, 50);
        ReportText.AssertCurve(page, "EMA profile", [.. ReportRuns.Ticks(40)], tick => 100 * (tick.Images - 1600) / (40 * 3200.0),
            tick => 40 * (1 - keeps) * Math.Pow(keeps, 40 - (tick.Images / 3200.0)), "half-life");
        ReportText.AssertCurve(
            page, "EMA half-life", [.. ReportRuns.Ticks(40)], tick => tick.Images, _ => 8 * Math.Log(0.5) / Math.Log(0.99));
        double gamma = PowerEma.Gamma(0.1);
        (double x, double y)[] power = ReportText.Points(ReportText.Chart(page, "EMA profile"), "std 0.1");
        Assert.AreEqual(100, power[^1].x, 1e-6, "the end of training");
        Assert.AreEqual(gamma + 1, power[^1].y, 0.01, "(gamma + 1) t^gamma there");
    }

    [TestMethod]
    public void Scores_are_told_and_drawn()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 9, score: true)], RunReport.MostGridBytes);
        (double x, double y)[] points = ReportText.Points(ReportText.Chart(page, "Score: fake distance"), "");
        CollectionAssert.AreEqual(new[] { 9600.0, 19200, 28800 }, points.Select(point => Math.Round(point.x)).ToArray(), "images");
        Assert.AreEqual(50, points[1].y, 0.05, "the second score");
        StringAssert.Contains(page, "fake distance 33.333 at 28,800 images, of 500 drawn", "the best");
    }

    [TestMethod]
    public void Long_runs_are_drawn_by_means_and_say_so()
    {
        using var temp = new TemporaryFolder();
        string page = RunReport.Of([ReportRuns.Trained(temp.Path, ticks: 2_500, score: false)], RunReport.MostGridBytes);
        (double x, double y)[] points = ReportText.Points(ReportText.Chart(page, "Loss"), "");
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
        long[] shown = ReportText.Moments(page);
        Assert.IsTrue(shown.Length is 3 or 4 && shown[0] == all[0].Images && shown[^1] == 400, string.Join(' ', shown));
        StringAssert.Contains(page, $"{shown.Length} of 8 grids are shown", "what is said");
        CollectionAssert.AreEqual(new long[] { 400 }, ReportText.Moments(RunReport.Of([run], 1)), "the last in any case");
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
        Assert.AreEqual(400, ReportText.Moments(page)[^1], "the last that is shown");
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
            ReportText.AssertCurve(
                page, "Loss", StatisticsFiles.Read(run).Ticks, tick => tick.Images, tick => tick.Loss, Path.GetFileName(run));
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
    public void A_run_that_has_only_begun_has_a_report()
    {
        using var temp = new TemporaryFolder();
        using RunFolder folder = RunFolder.Open(temp.Path, FakeRun.Options(), resume: false);
        string page = RunReport.Of([folder.Location], RunReport.MostGridBytes);
        StringAssert.Contains(page, "No tick has ended yet.", "no curve");
        StringAssert.Contains(page, "No grid was drawn yet.", "no grid");
        StringAssert.Contains(page, "0 of 400; not finished", "how far it is");
    }
}
