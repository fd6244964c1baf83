using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary><c>train --transfer</c>: training starts from the weights of another file.</summary>
[TestClass]
public sealed class TransferTests
{
    [TestMethod]
    public void TrainingStartsFromTheWeights()
    {
        using var folder = new TemporaryFolder();
        var data = TinyData.Images(folder);
        var first = TinyData.Snapshot(TinyData.Train(data, folder.File("first"), 16));

        // The rate is still zero in the first step, so what comes out is what went in, through each format.
        foreach (var name in new[] { "start.safetensors", "start.pth", "start.npz" })
        {
            var start = folder.File(name);
            TensorFiles.Write(start, TensorFiles.Read(first));
            var runs = folder.File("runs-" + name);
            var again = TinyData.Snapshot(TinyData.Train(data, runs, 8, "--transfer", start));
            SafetensorsFile expected = TensorFiles.Read(first), actual = TensorFiles.Read(again);
            foreach (var tensor in expected.Tensors.Keys)
            {
                CollectionAssert.AreEqual(expected.GetFloats(tensor), actual.GetFloats(tensor), tensor);
            }
        }
    }

    [TestMethod]
    public void TheFileIsPartOfWhatTheRunIs()
    {
        using var folder = new TemporaryFolder();
        var data = TinyData.Images(folder);
        var start = TinyData.Snapshot(TinyData.Train(data, folder.File("first"), 8));
        var runs = folder.File("runs");
        TinyData.Train(data, runs, 8, "--transfer", start);
        TinyData.Train(data, runs, 16, "--transfer", start);
        Assert.HasCount(1, Directory.GetDirectories(runs), "the same file goes on with the run");
        TinyData.Train(data, runs, 8);
        Assert.HasCount(2, Directory.GetDirectories(runs), "without it, it is another run");
    }

    [TestMethod]
    public void AnotherNetworkIsOneLineAndMakesNoRun()
    {
        using var folder = new TemporaryFolder();
        var data = TinyData.Images(folder);
        var start = TinyData.Snapshot(TinyData.Train(data, folder.File("first"), 8));
        string[] other = [.. TinyData.Options, "--arch", "ncsnpp", "--transfer", start];
        Cli.Cli.Run(["train", "--data", data, "--out", Path.Combine(folder.Path, "runs"), "--images", "8", .. other])
            .AssertTransferFails(start);
        Assert.IsFalse(Directory.Exists(Path.Combine(folder.Path, "runs")));
    }
}

/// <summary>What a failed start from other weights looks like.</summary>
internal static class TransferFailure
{
    public static void AssertTransferFails(this CliResult result, string path)
    {
        Assert.AreEqual(1, result.Code, "exit code");
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(1, lines, result.Error);
        Assert.Contains("--transfer", lines[0]);
        Assert.Contains(path, lines[0]);
        Assert.Contains("belongs to another network", lines[0]);
    }
}
