using IlgpuEdm.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>train --fid-every</c>: what it scores is what <c>fid calc</c> says of the snapshots.</summary>
[TestClass]
public class TrainingScoreTests
{
    private static FidFiles _files = null!;

    [ClassInitialize]
    public static void MakeFiles(TestContext context) => _files = new FidFiles();

    [ClassCleanup]
    public static void DeleteFiles() => _files.Dispose();

    [TestMethod]
    public void A_score_is_that_of_the_snapshot_and_the_best_is_kept()
    {
        string runs = _files.File("runs");
        string output = _files.Succeed(Train(runs, "--fid-every 16 --fid-features CLASSIFIER --fid-num 6 --snapshot-every 16"));
        string run = Directory.GetDirectories(runs).Single();
        IReadOnlyList<ScoreRecord> scores = StatisticsFiles.Read(run).Scores;
        CollectionAssert.AreEqual(new long[] { 16, 32, 40 }, scores.Select(s => s.Images).ToArray(), output);
        foreach (ScoreRecord score in scores)
        {
            string snapshot = Path.Combine(run, $"network-snapshot-{score.Images:D9}.safetensors");
            double expected = _files.Distance(
                $"fid calc --features CLASSIFIER --ref DATA --network {snapshot} --num 6");
            Assert.AreEqual(expected, score.Score, 1e-6 * expected, $"at {score.Images} images");
        }

        ScoreRecord best = scores.MinBy(s => s.Score)!;
        SafetensorsFile kept = SafetensorsFile.Read(Path.Combine(run, "network-best.safetensors"));
        SafetensorsFile written = SafetensorsFile.Read(Path.Combine(run, $"network-snapshot-{best.Images:D9}.safetensors"));
        foreach (string name in written.Tensors.Keys)
        {
            CollectionAssert.AreEqual(written.GetFloats(name), kept.GetFloats(name), name);
        }

        Assert.IsTrue(scores.Last(s => s.Best) == best, "which is marked as the best");
        StringAssert.Contains(Cli.Run("info", run).Output, "best score", "info");
        StringAssert.Contains(output, "Fréchet distance in own features", "its name");
        Assert.DoesNotContain("FID", output, "it is none");
    }

    [TestMethod]
    public void A_file_of_the_training_images_is_the_same_reference()
    {
        string[] references = ["", $" --fid-ref {_files.Reference()}", " --fid-ref DATA"];
        double[] scores = [.. references.Select((reference, i) =>
        {
            string runs = _files.File($"reference{i}");
            _files.Succeed(Train(runs, $"--fid-every 0 --fid-features CLASSIFIER --fid-num 6{reference}"));
            return StatisticsFiles.Read(Directory.GetDirectories(runs).Single()).Scores.Single().Score;
        })];
        Assert.AreEqual(scores[0], scores[1], "the file");
        Assert.AreEqual(scores[0], scores[2], "the data set by name");
    }

    [TestMethod]
    [DataRow("--fid-every 16", "--fid-features", DisplayName = "no feature network")]
    [DataRow("--fid-num 16", "--fid-every", DisplayName = "no interval")]
    [DataRow("--fid-every 16 --fid-features {missing}", "no such file", DisplayName = "a file that is not there")]
    [DataRow("--fid-every 16 --fid-features DATA/dataset.json", "dataset.json", DisplayName = "no feature network's file")]
    [DataRow("--fid-every 16 --fid-features OTHER --fid-ref REFERENCE", "than --fid-features", DisplayName = "a reference of another network")]
    [DataRow("--fid-every 16 --fid-features CLASSIFIER --fid-ref {missing}", "{missing}", DisplayName = "a reference that is not there")]
    public void Mistakes_are_one_line_and_leave_no_run(string options, string words)
    {
        string runs = _files.File("none");
        if (options.Contains("REFERENCE"))
        {
            options = options.Replace("OTHER", _files.Train("other", seed: 5)).Replace("REFERENCE", _files.Reference());
        }

        CliResult result = _files.Run(Train(runs, options));
        Assert.AreEqual(1, result.Code, result.Output);
        Assert.HasCount(1, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), result.Error);
        StringAssert.Contains(result.Error, words.Replace("{missing}", "missing", StringComparison.Ordinal), "what is wrong");
        Assert.IsFalse(Directory.Exists(runs), "no run");
    }

    private static string Train(string runs, string more) =>
        $"train --data DATA --out {runs} --images 40 --grid-every 0 --channels 8 --mult 1,1 --batch 8 --tick 8 --lr-ramp 100 {more}";
}
