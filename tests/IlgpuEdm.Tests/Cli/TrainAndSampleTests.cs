using System.Text.Json;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Whole commands on the CPU accelerator with a network of a few thousand parameters.</summary>
[TestClass]
public class TrainAndSampleTests
{
    [TestMethod]
    public void Images_are_the_same_bytes_for_any_batch()
    {
        using var temp = new TemporaryFolder();
        string snapshot = TinyData.Snapshot(TinyData.Train(TinyData.Images(temp), temp.File("runs"), 16));
        Sample(snapshot, temp.File("one"), "1");
        Sample(snapshot, temp.File("four"), "4");
        foreach (int seed in Enumerable.Range(0, 5))
        {
            string name = $"{seed:D6}.png";
            CollectionAssert.AreEqual(
                File.ReadAllBytes(Path.Combine(temp.Path, "one", name)), File.ReadAllBytes(Path.Combine(temp.Path, "four", name)), name);
        }
    }

    [TestMethod]
    public void A_run_that_was_made_longer_equals_one_that_was_long_from_the_start()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        TinyData.Train(data, temp.File("two"), 16, "--dropout", "0.1", "--xflip");
        string two = TinyData.Train(data, temp.File("two"), 40, "--dropout", "0.1", "--xflip");
        string one = TinyData.Train(data, temp.File("one"), 40, "--dropout", "0.1", "--xflip");
        File.Delete(Path.Combine(two, "network-snapshot-000000016.safetensors"));
        File.Delete(Path.Combine(two, "samples-000000016.png"));
        RunComparison.AssertEqual(one, two);
    }

    [TestMethod]
    public void Checkpointing_may_be_switched_on_when_a_run_goes_on()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        TinyData.Train(data, temp.File("two"), 16, "--dropout", "0.1");
        string two = TinyData.Train(data, temp.File("two"), 40, "--dropout", "0.1", "--checkpointing");
        string one = TinyData.Train(data, temp.File("one"), 40, "--dropout", "0.1");
        string name = "network-snapshot-000000040.safetensors";
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(one, name)), File.ReadAllBytes(Path.Combine(two, name)), name);
        Assert.HasCount(1, Directory.GetDirectories(temp.File("two")), "one run");
        Assert.IsTrue(RunFolder.ReadOptions(two).Schedule.Checkpointing, "kept in its options");
    }

    [TestMethod]
    public void The_same_command_again_says_that_the_run_is_finished()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        TinyData.Train(data, temp.File("runs"), 8);
        CliResult again = Cli.Run(["train", "--data", data, "--out", temp.File("runs"), "--images", "8", .. TinyData.Options]);
        Assert.AreEqual(0, again.Code, again.Error);
        StringAssert.Contains(again.Output, "is finished", "stdout");
        Assert.HasCount(1, Directory.GetDirectories(temp.File("runs")), "no second run");
    }

    [TestMethod]
    public void The_benchmark_runs_the_trainers_own_step()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string run = TinyData.Train(data, temp.File("runs"), 40, "--seed", "5");
        string[] options = TinyData.Options.Where((_, i) => TinyData.Options[i / 2 * 2] != "--tick").ToArray();
        CliResult bench = Cli.Run(["bench", "train", "--data", data, "--steps", "3", "--seed", "5", .. options]);
        Assert.AreEqual(0, bench.Code, bench.Error);
        double[] losses = JsonDocument.Parse(bench.Output).RootElement.GetProperty("losses").EnumerateArray()
            .Take(5).Select(loss => loss.GetDouble()).ToArray();
        double[] trained = StatisticsFiles.Read(run).Ticks.Select(tick => tick.Loss).ToArray();
        CollectionAssert.AreEqual(trained, losses, "the first five losses");
    }

    [TestMethod]
    public void The_benchmark_of_inception_prints_one_line_of_json()
    {
        CliResult bench = Cli.Run("bench", "inception", "--batch", "1", "--steps", "1", "--device", "cpu");
        Assert.AreEqual(0, bench.Code, bench.Error);
        JsonElement json = JsonDocument.Parse(bench.Output).RootElement;
        Assert.IsGreaterThan(0, json.GetProperty("images_per_second").GetDouble(), "speed");
        Assert.AreEqual(11.4, json.GetProperty("gigaflops_per_image").GetDouble(), 0.1, "2 x 5.7 thousand million multiply-adds");
        Cli.Run("bench", "inception", "--image-channels", "4", "--device", "cpu").AssertOneLine(1, "4 channels", "grey or RGB");
    }

    [TestMethod]
    [DataRow("train")]
    [DataRow("denoise")]
    public void The_benchmark_prints_one_line_of_json(string what)
    {
        CliResult bench = Cli.Run("bench", what, "--resolution", "8", "--channels", "8", "--mult", "1", "--attn", "none", "--batch", "4",
            "--steps", "1", "--device", "cpu");
        Assert.AreEqual(0, bench.Code, bench.Error);
        Assert.HasCount(1, bench.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), bench.Output);
        JsonElement json = JsonDocument.Parse(bench.Output).RootElement;
        foreach (string number in new[] { "images_per_second", "ms_per_step", "peak_memory_mb", "peak_process_mb", "first_step_seconds", "parameters" })
        {
            Assert.IsGreaterThan(0, json.GetProperty(number).GetDouble(), number);
        }

        Assert.AreNotEqual("", json.GetProperty("device").GetString(), "device");
        Assert.IsTrue(json.GetProperty("kernels").GetArrayLength() is > 0 and <= 10, "kernels");
        Assert.IsGreaterThan(0.8, json.GetProperty("profile").GetProperty("named_share").GetDouble(), "the share of a step with a name");
        Assert.AreEqual(3, json.GetProperty("managed_heap").GetProperty("collections").GetArrayLength(), "generations");
    }

    [TestMethod]
    public void The_benchmark_lists_all_kernels_where_asked_to()
    {
        CliResult bench = Cli.Run("bench", "train", "--resolution", "8", "--channels", "8", "--mult", "1", "--attn", "none", "--batch", "4",
            "--steps", "1", "--device", "cpu", "--all-kernels");
        Assert.AreEqual(0, bench.Code, bench.Error);
        JsonElement json = JsonDocument.Parse(bench.Output).RootElement;
        Assert.IsGreaterThan(10, json.GetProperty("kernels").GetArrayLength(), "kernels");
        double sum = json.GetProperty("kernels").EnumerateArray().Sum(k => k.GetProperty("total_milliseconds").GetDouble());
        Assert.AreEqual(json.GetProperty("profile").GetProperty("kernels_ms").GetDouble(), sum, 0.01, "their time");
    }

    [TestMethod]
    public void Colour_images_of_a_cifar_archive_train()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Cifar(temp, 60);
        CliResult result = Cli.Run("train", "--data", data, "--out", temp.File("runs"), "--images", "1000", "--channels", "8",
            "--mult", "1,1,1", "--attn", "none", "--batch", "100", "--tick", "500", "--grid-every", "0", "--device", "cpu");
        Assert.AreEqual(0, result.Code, result.Error);
        IReadOnlyList<TickRecord> ticks = StatisticsFiles.Read(Directory.GetDirectories(temp.File("runs")).Single()).Ticks;
        CollectionAssert.AreEqual(new long[] { 500, 1000 }, ticks.Select(tick => tick.Images).ToArray(), "ticks");
    }

    [TestMethod]
    public void A_running_folder_is_refused_in_one_line()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string run = TinyData.Train(data, temp.File("runs"), 8);
        using RunFolder held = RunFolder.Open(temp.File("runs"), RunFolder.ReadOptions(run), resume: true);
        CliResult second = Cli.Run(["train", "--data", data, "--out", temp.File("runs"), "--images", "16", .. TinyData.Options]);
        Assert.AreEqual(1, second.Code, second.Output);
        StringAssert.StartsWith(second.Error, $"error: '{run}' is being trained by another process", "stderr");
    }

    [TestMethod]
    public void Damaged_and_mismatched_checkpoints_are_one_line()
    {
        using var temp = new TemporaryFolder();
        string run = TinyData.Train(TinyData.Images(temp), temp.File("runs"), 8);
        string snapshot = TinyData.Snapshot(run);
        byte[] bytes = File.ReadAllBytes(snapshot);
        string truncated = temp.Write(bytes[..^100], "truncated.safetensors");
        foreach (string file in new[] { truncated, RunComparison.LastState(run), Path.Combine(run, "curve.png") })
        {
            Cli.Run("sample", "--network", file, "--out", temp.File("out"), "--device", "cpu").AssertOneLine(1, Path.GetFileName(file));
        }
    }

    [TestMethod]
    public void A_network_that_does_not_fit_the_images_is_one_line()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        Cli.Run("train", "--data", data, "--out", temp.File("runs"), "--mult", "1,1,1,1,1", "--device", "cpu").AssertOneLine(1, "--mult");
        Cli.Run("train", "--data", data, "--out", temp.File("runs"), "--batch", "8", "--micro-batch", "3")
            .AssertOneLine(1, "--micro-batch 3");
        Assert.IsFalse(Directory.Exists(temp.File("runs")), "no run is made");
    }

    [TestMethod]
    public void Images_without_any_deviation_have_no_automatic_sigma_data()
    {
        using var temp = new TemporaryFolder();
        temp.Write(ImageCodec.Default.EncodePng(Enumerable.Repeat((byte)255, 64).ToArray(), 8, 8, 1), "white", "1.png");
        string data = Path.Combine(temp.Path, "white");
        Cli.Run(["train", "--data", data, "--out", temp.File("runs"), "--sigma-data", "auto", .. TinyData.Options])
            .AssertOneLine(1, "--sigma-data auto", data);
    }

    [TestMethod]
    public void A_damaged_image_is_one_line_on_the_processes_own_stderr_too()
    {
        using var temp = new TemporaryFolder();
        byte[] png = ImageCodec.Default.EncodePng(Enumerable.Range(0, 64).Select(i => (byte)(i * 37)).ToArray(), 8, 8, 1);
        temp.Write(png[..^30], "images", "cut.png");
        Cli.RunProcess(["info", Path.Combine(temp.Path, "images")]).AssertOneLine(1, "cut.png", "truncated or damaged");
    }

    [TestMethod]
    public void A_device_that_is_not_there_is_one_line() =>
        Cli.Run("selftest", "--device", "opencl:77").AssertOneLine(1, "opencl:77", "cpu");

    private static void Sample(string snapshot, string folder, string batch)
    {
        CliResult result = Cli.Run("sample", "--network", snapshot, "--seeds", "0-4", "--out", folder, "--batch", batch, "--steps", "4",
            "--device", "cpu");
        Assert.AreEqual(0, result.Code, result.Error);
    }
}
