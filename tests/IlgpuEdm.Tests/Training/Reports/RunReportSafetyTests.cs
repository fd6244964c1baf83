using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>
/// That nothing in a report can do harm, and nothing in a run's folder keeps it from being written, or training from going on.
/// </summary>
[TestClass]
public partial class RunReportSafetyTests
{
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
        Assert.HasCount(ticks.Count, ReportText.Points(ReportText.Chart(page, "Memory"), ""), "what can be drawn of the ticks");
        CollectionAssert.AreEqual(new long[] { 400 }, ReportText.Moments(page), "the grid that is left");
        Assert.IsFalse(Regex.IsMatch(Regex.Replace(page, "(?:base64,|sha256-)[A-Za-z0-9+/=]+", ""), "NaN|Infinity|∞"), "numbers");
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

    [GeneratedRegex("<[A-Za-z](?:\"[^\"]*\"|[^\">])*>")]
    private static partial Regex Tags();
}
