using System.Text.Json;
using IlgpuEdm.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>--device</c> with several names: what trains on them, what a run keeps of them, and what is refused.</summary>
[TestClass]
[TestCategory("Slow")]
public class SeveralDevicesVerbTests
{
    private static readonly string[] _network =
    [
        "--channels", "8", "--mult", "1,1", "--blocks", "1", "--batch", "8", "--lr-ramp", "100", "--dropout", "0.1",
    ];

    [TestMethod]
    public void A_run_in_two_sessions_is_the_run_in_one()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string whole = Train(data, temp.File("whole"), "48", "cpu,cpu");
        Train(data, temp.File("parts"), "16", "cpu,cpu");
        string parts = Train(data, temp.File("parts"), "48", "cpu,cpu");
        File.Delete(Path.Combine(parts, "network-snapshot-000000016.safetensors"));
        File.Delete(Path.Combine(parts, "samples-000000016.png"));
        RunComparison.AssertEqual(whole, parts);
        StringAssert.Contains(File.ReadAllText(Path.Combine(parts, "log.txt")), "(cpu), ", "the log names both devices");
        Assert.AreEqual("cpu,cpu", RunFolder.ReadOptions(parts).Schedule.Device, "options.json");
    }

    [TestMethod]
    public void A_run_goes_on_on_another_number_of_devices()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string one = Train(data, temp.File("one"), "40", "cpu");
        Train(data, temp.File("runs"), "16", "cpu");
        string run = Train(data, temp.File("runs"), "40", "cpu,cpu");
        Assert.HasCount(1, Directory.GetDirectories(temp.File("runs")), "the same run");
        foreach ((TickRecord expected, TickRecord actual) in StatisticsFiles.Read(one).Ticks.Zip(StatisticsFiles.Read(run).Ticks))
        {
            Assert.AreEqual(1, actual.Loss / expected.Loss, 1e-4, $"loss at {expected.Images} images");
        }
    }

    [TestMethod]
    public void The_benchmark_names_both_devices()
    {
        CliResult bench = Cli.Run(
            ["bench", "train", "--resolution", "8", "--attn", "none", "--steps", "1", "--device", "cpu,cpu", .. _network]);
        Assert.AreEqual(0, bench.Code, bench.Error);
        JsonElement json = JsonDocument.Parse(bench.Output).RootElement;
        Assert.HasCount(2, json.GetProperty("device").GetString()!.Split(", "), "devices");
        string?[] stages =
        [
            .. json.GetProperty("profile").GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("name").GetString()),
        ];
        CollectionAssert.Contains(stages, "other devices", "what the first device's thread waits for");
    }

    [TestMethod]
    public void A_dry_run_counts_the_memory_of_one_devices_share()
    {
        string[] command = ["train", "--dry-run", "--preset", "ddpmpp"];
        string expected = Memory(Cli.Run([.. command, "--micro-batch", "256"]));
        Assert.AreEqual(expected, Memory(Cli.Run([.. command, "--device", "cuda:0,cuda:1"])), "two devices");
        Assert.AreNotEqual(expected, Memory(Cli.Run(command)), "one device");

        static string Memory(CliResult said) =>
            said.Output.Split('\n').Single(line => line.StartsWith("memory of training, GPU", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("train --dry-run --batch 64 --device cpu,cpu,cpu", "--batch 64", "--batch 63 or 66")]
    [DataRow("train --dry-run --batch 2 --device cpu,cpu,cpu", "--batch 2", "--batch 3")]
    [DataRow("bench train --batch 7 --device cpu,cpu", "--batch 7", "--batch 6 or 8")]
    [DataRow("train --dry-run --batch 12 --micro-batch 4 --device cpu,cpu", "--micro-batch 4", "--micro-batch 3")]
    [DataRow("bench train --batch 12 --micro-batch 4 --device cpu,cpu", "--micro-batch 4", "--micro-batch 3")]
    [DataRow("train --dry-run --device cpu,", "'cpu,'", "cuda:0,cuda:1")]
    [DataRow("bench train --batch 4 --device cpu,gpu", "'gpu' is not known", "cpu")]
    [DataRow("bench denoise --device cpu,cpu", "'bench denoise'", "--device cpu")]
    [DataRow("bench limits --device cpu,cpu", "'bench limits'", "--device cpu")]
    public void What_several_devices_cannot_do_is_one_line(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(1, first, second);

    [TestMethod]
    [DataRow("selftest --device opencl:0,cpu", "'selftest'", "--device opencl:0")]
    [DataRow("sample --network x --out y --device cpu,cpu", "'sample'", "one device")]
    [DataRow("demo --device cpu,cpu", "'demo'", "one device")]
    public void A_verb_for_one_device_refuses_a_list(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(2, first, second);

    [TestMethod]
    public void A_list_names_devices_in_its_order()
    {
        CollectionAssert.AreEqual(new[] { "cuda:1", "cuda:0" }, DeviceList.Names("cuda:1, cuda:0"), "names");
        CollectionAssert.AreEqual(new[] { "auto" }, DeviceList.Names("auto"), "one");
    }

    private static string Train(string data, string runs, string images, string devices)
    {
        CliResult result = Cli.Run(
            ["train", "--data", data, "--out", runs, "--images", images, "--tick", "8", "--device", devices, .. _network]);
        Assert.AreEqual(0, result.Code, result.Error);
        return Directory.GetDirectories(runs).Single();
    }
}
