using System.Text.Json.Nodes;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Training again, in a process of its own, also with another number of cores: nothing may differ, not in a bit.</summary>
[TestClass]
public class RepeatedTrainingTests
{
    private const string Cores = "DOTNET_PROCESSOR_COUNT";

    // Channels that fill no vector, odd numbers of images and rows, dropout, attention, a learning rate at which steps differ.
    private static readonly string[] _network =
    [
        "--channels", "20", "--mult", "1,2", "--blocks", "1", "--dropout", "0.1", "--lr", "0.003", "--lr-ramp", "10", "--device", "cpu",
    ];

    [TestMethod]
    public void LossesAreTheSameBitsOnAnyNumberOfCores()
    {
        string[] command =
        [
            "bench", "train", "--resolution", "14", "--image-channels", "3", "--batch", "5", "--steps", "3",
            "--attn", "7", .. _network,
        ];
        string[] losses = [.. new[] { "1", "2", "3" }.Select(cores =>
        {
            CliResult result = Cli.RunProcess(command, (Cores, cores));
            Assert.AreEqual(0, result.Code, result.Error);
            return JsonNode.Parse(result.Output)!["losses"]!.ToJsonString();
        })];
        Assert.IsGreaterThanOrEqualTo(3, losses[0].Split(',').Distinct().Count(), $"losses of steps that differ: {losses[0]}");
        foreach (string other in losses)
        {
            Assert.AreEqual(losses[0], other, "losses to the last digit");
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void After200StepsRunsOfOneSeedAreTheSameBitsOnAnyNumberOfCores()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string first = Train(data, temp.File("first"));
        RunComparison.AssertEqual(first, Train(data, temp.File("again")));
        RunComparison.AssertEqualButForMemory(first, Train(data, temp.File("one"), (Cores, "1")));
        RunComparison.AssertEqualButForMemory(first, Train(data, temp.File("three"), (Cores, "3")));
    }

    private static string Train(string data, string runs, params (string Name, string Value)[] environment)
    {
        string[] command =
        [
            "train", "--data", data, "--out", runs, "--images", "1000", "--batch", "5", "--tick", "50", "--snapshot-every", "500",
            "--attn", "4", .. _network,
        ];
        CliResult result = Cli.RunProcess(command, environment);
        Assert.AreEqual(0, result.Code, result.Error);
        return Directory.GetDirectories(runs).Single();
    }
}
