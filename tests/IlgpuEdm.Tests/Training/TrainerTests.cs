using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class TrainerTests
{
    [TestMethod]
    public void A_run_ends_at_its_images_with_snapshot_grid_curve_and_state()
    {
        using var temp = new TemporaryFolder();
        (TrainingResult result, _, string folder) = FakeRun.Train(temp.Path, FakeRun.Options(images: 400), new FakeModel());
        Assert.AreEqual(TrainingOutcome.Finished, result.Outcome, "how it ended");
        Assert.AreEqual(400, result.Images, "images");
        string[] names = Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(new[]
        {
            "curve.png", "ema-0.1-000000152.safetensors", "ema-0.1-000000304.safetensors", "ema-0.1-000000400.safetensors",
            "log.txt", "network-snapshot-000000152.safetensors", "network-snapshot-000000304.safetensors",
            "network-snapshot-000000400.safetensors", "options.json", "report.html", "run.lock", "samples-000000200.png",
            "samples-000000400.png", "stats.csv", "stats.jsonl", "training-state-000000392.safetensors",
            "training-state-000000400.safetensors",
        }, names, string.Join(' ', names));
    }

    [TestMethod]
    public void The_last_batch_may_pass_the_images_asked_for()
    {
        using var temp = new TemporaryFolder();
        Assert.AreEqual(24, FakeRun.Train(temp.Path, FakeRun.Options(images: 20), new FakeModel()).Result.Images, "three batches of 8");
    }

    [TestMethod]
    public void A_run_ends_at_its_minutes()
    {
        using var temp = new TemporaryFolder();
        var model = new FakeModel { OnStep = () => Thread.Sleep(20) };
        TrainingResult result = FakeRun.Train(temp.Path, FakeRun.Options(images: null, minutes: 0.002), model).Result;
        Assert.AreEqual(TrainingOutcome.Finished, result.Outcome, "how it ended");
        Assert.IsTrue(result.Seconds >= 0.12 && model.StepsTaken <= 6, $"{result.Seconds} s, {model.StepsTaken} steps");
    }

    [TestMethod]
    public void The_minutes_of_earlier_sessions_count()
    {
        using var temp = new TemporaryFolder();
        FakeRun.Train(temp.Path, FakeRun.Options(images: null, minutes: 0.002), new FakeModel { OnStep = () => Thread.Sleep(20) });
        var again = new FakeModel();
        TrainingResult result = FakeRun.Train(temp.Path, FakeRun.Options(images: null, minutes: 0.002), again).Result;
        Assert.AreEqual(TrainingOutcome.AlreadyFinished, result.Outcome, "how it ended");
        Assert.AreEqual(0, again.StepsTaken, "no step more");
    }

    [TestMethod]
    public void A_finished_run_says_so_and_its_statistics_stay()
    {
        using var temp = new TemporaryFolder();
        string folder = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        string before = File.ReadAllText(Path.Combine(folder, "stats.jsonl")) + File.ReadAllText(Path.Combine(folder, "stats.csv"));
        (TrainingResult result, List<string> lines, _) = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel());
        string after = File.ReadAllText(Path.Combine(folder, "stats.jsonl")) + File.ReadAllText(Path.Combine(folder, "stats.csv"));
        Assert.AreEqual(TrainingOutcome.AlreadyFinished, result.Outcome, "how it ended");
        Assert.IsTrue(lines.Any(line => line.Contains("is finished", StringComparison.Ordinal)), string.Join('\n', lines));
        Assert.AreEqual(before, after, "stats.jsonl and stats.csv");
    }

    [TestMethod]
    [DataRow("not JSON")]
    [DataRow("null")]
    [DataRow("{\"images\":5}")]
    public void A_damaged_line_of_the_statistics_is_told_and_kept(string line)
    {
        using var temp = new TemporaryFolder();
        string folder = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        string file = Path.Combine(folder, "stats.jsonl");
        string[] before = File.ReadAllLines(file);
        File.WriteAllLines(file, [before[0], line, .. before[2..]]);
        List<string> lines = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Lines;
        Assert.IsTrue(lines.Any(told => told.StartsWith("1 lines of", StringComparison.Ordinal)), string.Join('\n', lines));
        CollectionAssert.AreEqual(before.Where((_, i) => i != 1).ToArray(), File.ReadAllLines(file), "the others stay");
        Assert.Contains(line, File.ReadAllText(file + ".damaged"), "the file as it was");
    }

    [TestMethod]
    public void A_longer_run_equals_one_that_was_long_from_the_start()
    {
        using var temp = new TemporaryFolder();
        FakeRun.Train(temp.File("two"), FakeRun.Options(images: 200), new FakeModel());
        string two = FakeRun.Train(temp.File("two"), FakeRun.Options(images: 400), new FakeModel()).Folder;
        string one = FakeRun.Train(temp.File("one"), FakeRun.Options(images: 400), new FakeModel()).Folder;
        File.Delete(Path.Combine(two, "network-snapshot-000000200.safetensors"));
        File.Delete(Path.Combine(two, "ema-0.1-000000200.safetensors"));
        RunComparison.AssertEqual(one, two);
    }

    [TestMethod]
    public void Asked_to_stop_it_finishes_the_step_saves_and_goes_on_later()
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        RunOptions options = FakeRun.Options(stateSeconds: 3600);
        TrainingResult stopped = FakeRun.Train(temp.File("two"), options, new FakeModel { OnStep = stop.Cancel }, stop.Token).Result;
        Assert.AreEqual(TrainingOutcome.Interrupted, stopped.Outcome, "how it ended");
        Assert.AreEqual(8, stopped.Images, "the step at hand was finished");
        Assert.IsTrue(File.Exists(stopped.Snapshot), "there is something to sample from");
        string two = FakeRun.Train(temp.File("two"), options, new FakeModel()).Folder;
        File.Delete(stopped.Snapshot);
        File.Delete(stopped.Snapshot.Replace("network-snapshot-", "ema-0.1-", StringComparison.Ordinal));
        string one = FakeRun.Train(temp.File("one"), options, new FakeModel()).Folder;
        RunComparison.AssertEqual(one, two);
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_stops_with_step_noise_level_and_advice(double loss)
    {
        using var temp = new TemporaryFolder();
        var model = new FakeModel { Diverges = (40, loss) };
        EdmException e = Assert.ThrowsExactly<EdmException>(() => FakeRun.Train(temp.Path, FakeRun.Options(), model));
        foreach (string part in new[] { "step 5 ", "40 images", "1 of 8", "sigma ", "--lr", "--lr-ramp", "--sigma-data" })
        {
            StringAssert.Contains(e.Message, part, "the message");
        }

        Assert.AreEqual(1, e.Message.Split('\n').Length, "one line");
    }

    [TestMethod]
    public void A_run_that_diverged_keeps_the_states_from_before()
    {
        using var temp = new TemporaryFolder();
        var model = new FakeModel { Diverges = (40, double.NaN) };
        Assert.ThrowsExactly<EdmException>(() => FakeRun.Train(temp.Path, FakeRun.Options(), model));
        string folder = Directory.GetDirectories(temp.Path).Single();
        Assert.IsTrue(File.Exists(Path.Combine(folder, "training-state-000000032.safetensors")), "the state before the step");
        Assert.IsFalse(File.Exists(Path.Combine(folder, "training-state-000000040.safetensors")), "none after it");
    }

    [TestMethod]
    public void Gradients_that_are_not_finite_are_counted_and_logged()
    {
        using var temp = new TemporaryFolder();
        (_, List<string> lines, string folder) =
            FakeRun.Train(temp.Path, FakeRun.Options(images: 64), new FakeModel { NonFiniteGradients = 2 });
        Assert.IsTrue(lines.Any(line => line.StartsWith("16 gradients", StringComparison.Ordinal)), string.Join('\n', lines));
        Assert.AreEqual(16, StatisticsFiles.Read(folder).Ticks[0].NonFiniteGradients, "in the statistics");
    }

    [TestMethod]
    public void What_the_model_has_to_say_is_logged_once()
    {
        using var temp = new TemporaryFolder();
        (_, List<string> lines, string folder) =
            FakeRun.Train(temp.Path, FakeRun.Options(images: 64), new FakeModel { Notices = ["launches are not recorded"] });
        Assert.ContainsSingle(line => line == "launches are not recorded", lines, string.Join('\n', lines));
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, "log.txt")), "launches are not recorded", "log.txt");
    }

    [TestMethod]
    public void Out_of_memory_names_the_micro_batch()
    {
        using var temp = new TemporaryFolder();
        var model = new FakeModel { StepThrows = () => new OutOfMemoryException() };
        EdmException e = Assert.ThrowsExactly<EdmException>(() => FakeRun.Train(temp.Path, FakeRun.Options(), model));
        StringAssert.Contains(e.Message, "--micro-batch, such as 2", "the message says what to try");
    }

    [TestMethod]
    public void Progress_tells_images_speed_loss_time_left_and_memory()
    {
        using var temp = new TemporaryFolder();
        var told = new List<TrainingProgress>();
        FakeRun.Train(temp.Path, FakeRun.Options(images: 80), new FakeModel(), onProgress: told.Add);
        Assert.HasCount(10, told, "once a step");
        TrainingProgress half = told[4];
        Assert.AreEqual(40, half.Images, "images");
        Assert.AreEqual(0.5, half.Fraction, 1e-12, "fraction");
        Assert.IsTrue(half.ImagesPerSecond > 0 && half.Loss > 0 && half.Remaining > TimeSpan.Zero, half.ToString());
        Assert.AreEqual(1_500_000, half.MemoryBytes, "memory");
        Assert.AreEqual(TimeSpan.Zero, told[^1].Remaining, "nothing is left at the end");
    }

    [TestMethod]
    public void The_snapshot_holds_the_averaged_weights_and_says_how_many_images_they_saw()
    {
        using var temp = new TemporaryFolder();
        TrainingResult result = FakeRun.Train(temp.Path, FakeRun.Options(images: 8), new FakeModel()).Result;
        SafetensorsFile file = SafetensorsFile.Read(result.Snapshot);
        Assert.AreEqual("8", file.Metadata["images"], "images");
        Assert.IsTrue(file.Contains("model.weight"), "the model's part");
    }
}
