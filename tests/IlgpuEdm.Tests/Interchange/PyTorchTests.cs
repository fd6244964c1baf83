using System.Diagnostics;
using System.Globalization;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>
/// PyTorch itself reads what is written for it, with <c>weights_only=True</c>. Where it is not installed the test is inconclusive, or fails
/// if EDM_REQUIRE_PYTORCH is 1.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public sealed class PyTorchTests
{
    private const string Python = "/usr/bin/python3";

    // Prints each tensor's name, type, shape and the sum of its elements weighted by their places.
    private const string Script = """
        import sys, torch
        state = torch.load(sys.argv[1], weights_only=True)
        print(type(state).__name__)
        for name, t in state.items():
            v = t.double().flatten()
            w = torch.arange(v.numel(), dtype=torch.float64) + 1
            print(name, str(t.dtype), ','.join(map(str, t.shape)), repr(float((v * w).sum())), sep='|')
        """;

    [TestMethod]
    public void PyTorchReadsAStateThatWasWrittenForIt()
    {
        var (code, version, error) = Run("-c", "import torch; print(torch.__version__)");
        if (code != 0)
        {
            Assert.AreNotEqual("1", Environment.GetEnvironmentVariable("EDM_REQUIRE_PYTORCH"), $"PyTorch is required: {error}");
            Assert.Inconclusive($"skipped: {Python} has no torch ({error.Trim().Split('\n')[^1]})");
        }

        using var folder = new TemporaryFolder();
        var file = TensorFiles.Read(Path.Combine(GoldenFile.Folder, "network-snapshot.pkl"));
        var path = folder.File("state.pth");
        TensorFiles.Write(path, file);
        (code, var output, error) = Run("-c", Script, path);
        Assert.AreEqual(0, code, $"PyTorch {version}: {error}");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.AreEqual("OrderedDict", lines[0]);
        Assert.HasCount(file.Tensors.Count, lines[1..], "tensors");
        foreach (var (line, name) in lines[1..].Zip(file.Tensors.Keys))
        {
            var sum = file.GetFloats(name).Select((v, i) => v * (double)(i + 1)).Sum();
            var parts = line.Split('|');
            Assert.AreEqual(name, parts[0]);
            Assert.AreEqual("torch.float32", parts[1], name);
            Assert.AreEqual(string.Join(",", file.GetShape(name)), parts[2], name);
            Assert.AreEqual(sum, double.Parse(parts[3], CultureInfo.InvariantCulture), 1e-9 * (1 + Math.Abs(sum)), name);
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return (process.ExitCode, output.Result, error.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (1, "", error.Message);
        }
    }
}
