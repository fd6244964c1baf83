using System.Text.Json.Nodes;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Scores of a run in training: when they are made, what is kept, and that an interrupted run has the same.</summary>
[TestClass]
public class SnapshotScoreTests
{
    [TestMethod]
    public void Scores_stand_between_the_ticks_and_the_best_weights_are_kept()
    {
        using var temp = new TemporaryFolder();
        var score = new FakeScore(5, 3, 4);
        (TrainingResult result, List<string> lines, string folder) = Train(temp.Path, new FakeModel(), score);
        JsonObject[] scores = Scores(folder);
        CollectionAssert.AreEqual(
            new[] { "160 5 true", "320 3 true", "400 4 false" },
            scores.Select(s => $"{s["images"]} {s["score"]} {s["best"]}").ToArray(), "images, score, whether it was the best");
        Assert.AreEqual("fake distance", (string)scores[0]["score_name"]!, "name");
        Assert.AreEqual(30, (int)scores[0]["score_images"]!, "images drawn");
        CollectionAssert.AreEqual(Enumerable.Range(0, 30).Select(i => (byte)i).ToArray(), score.LastSeeds, "one image of each seed");
        SafetensorsFile best = SafetensorsFile.Read(result.Best!);
        Assert.AreEqual("320", best.Metadata["images"], "whose weights");
        Assert.AreEqual("3", best.Metadata["score"], "with what score");
        Assert.HasCount(3, lines.Where(line => line.StartsWith("score at ", StringComparison.Ordinal)).ToArray(), string.Join('\n', lines));
        Assert.HasCount(7, File.ReadAllLines(Path.Combine(folder, "stats.csv"))[1..], "the table has the ticks alone");
    }

    [TestMethod]
    public void Without_an_interval_the_end_is_scored()
    {
        using var temp = new TemporaryFolder();
        (_, _, string folder) = Train(temp.Path, new FakeModel(), new FakeScore(2), every: 0);
        CollectionAssert.AreEqual(new long[] { 400 }, Scores(folder).Select(s => (long)s["images"]!).ToArray(), "scored at");
    }

    [TestMethod]
    public void A_finished_run_is_not_scored_again_but_with_another_basis()
    {
        using var temp = new TemporaryFolder();
        Train(temp.Path, new FakeModel(), new FakeScore(2), every: 0);
        var same = new FakeScore(9);
        Train(temp.Path, new FakeModel(), same, every: 0);
        Assert.AreEqual(0, same.Measured, "the same score again");
        string folder = Train(temp.Path, new FakeModel(), new FakeScore(9) { Basis = "other" }, every: 0).Folder;
        CollectionAssert.AreEqual(new[] { "2 true", "9 true" }, Scores(folder).Select(s => $"{s["score"]} {s["best"]}").ToArray(), "two bases");
    }

    [TestMethod]
    public void Asked_to_stop_while_it_draws_it_scores_when_resumed()
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var model = new FakeModel();
        TrainingResult stopped = Train(temp.File("two"), model, new FakeScore(5, 3, 4) { OnMeasure = stop.Cancel }, stop: stop.Token).Result;
        Assert.AreEqual(TrainingOutcome.Interrupted, stopped.Outcome, "how it ended");
        Assert.AreEqual(160, stopped.Images, "where");
        string two = Train(temp.File("two"), new FakeModel(), new FakeScore(5, 3, 4)).Folder;
        File.Delete(stopped.Snapshot);
        File.Delete(stopped.Snapshot.Replace("network-snapshot-", "ema-0.1-", StringComparison.Ordinal));
        RunComparison.AssertEqual(Train(temp.File("one"), new FakeModel(), new FakeScore(5, 3, 4)).Folder, two);
    }

    // A score is a function of the weights here, so that a killed run can be compared with one that was not.
    [TestMethod]
    public void A_run_killed_anywhere_has_the_scores_of_one_that_was_not()
    {
        using var temp = new TemporaryFolder();
        string whole = Scored(temp.File("whole"), new FakeModel());
        for (int call = 1; call < 120; call += 13)
        {
            string root = temp.File($"killed-{call}");
            Assert.ThrowsExactly<KilledException>(() => Scored(root, new FakeModel { DiesAtCall = call }), $"dies at call {call}");
            RunComparison.AssertEqual(whole, Scored(root, new FakeModel()));
        }

        static string Scored(string root, FakeModel model) => Train(root, model, new WeightScore(model)).Folder;
    }

    [TestMethod]
    public void A_damaged_score_is_told_and_made_again()
    {
        using var temp = new TemporaryFolder();
        string folder = Train(temp.Path, new FakeModel(), new FakeScore(5, 3, 4)).Folder;
        string file = Path.Combine(folder, "stats.jsonl");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"score\":4", "\"score\":", StringComparison.Ordinal));
        (_, List<string> lines, _) = Train(temp.Path, new FakeModel(), new FakeScore(7));
        Assert.IsTrue(lines.Any(line => line.StartsWith("1 lines of", StringComparison.Ordinal)), string.Join('\n', lines));
        Assert.AreEqual(7, (double)Scores(folder)[^1]["score"]!, "the last score");
    }

    private static JsonObject[] Scores(string folder) => File.ReadAllLines(Path.Combine(folder, "stats.jsonl"))
        .Select(line => JsonNode.Parse(line)!.AsObject()).Where(line => line.ContainsKey("score")).ToArray();

    private static (TrainingResult Result, List<string> Lines, string Folder) Train(
        string root, FakeModel model, IImageScore score, long every = 160, CancellationToken stop = default)
    {
        RunOptions options = FakeRun.Options();
        options = options with
        {
            Schedule = options.Schedule with { Score = new ScoreOptions { EveryImages = every, Images = 30, Features = "fake" } },
        };
        return FakeRun.Train(root, options, model, stop, score: score);
    }
}

/// <summary>Gives scores in turn.</summary>
internal sealed class FakeScore(params double[] scores) : IImageScore
{
    public string Name => "fake distance";

    public string Basis { get; init; } = "fake";

    public Action? OnMeasure { get; init; }

    public int Measured { get; private set; }

    /// <summary>The first byte of each image, which the fake model makes of the seed.</summary>
    public byte[] LastSeeds { get; private set; } = [];

    public double Measure(IEnumerable<byte[][]> blocks, CancellationToken stop)
    {
        OnMeasure?.Invoke();
        LastSeeds = blocks.SelectMany(block => block).Select(image => image[0]).ToArray();
        return scores[Measured++];
    }

    public void Dispose()
    {
    }
}

/// <summary>A score that is a function of the averaged weights, as a real one is.</summary>
internal sealed class WeightScore(FakeModel model) : IImageScore
{
    public string Name => "fake distance";

    public string Basis => "weights";

    public double Measure(IEnumerable<byte[][]> blocks, CancellationToken stop) => blocks.Count() + Math.Sin(1000 * model.Ema.Sum());

    public void Dispose()
    {
    }
}
