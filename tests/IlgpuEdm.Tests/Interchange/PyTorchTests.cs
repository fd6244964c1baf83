using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>
/// PyTorch itself reads what is written for it, with <c>weights_only=True</c>, and what it writes is read. Where it is not installed the
/// tests are inconclusive, or fail if EDM_REQUIRE_PYTORCH is 1.
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

    // Writes a state as old versions did: in the legacy layout, with the versions of modules beside it.
    private const string LegacyScript = """
        import sys, collections, torch
        state = collections.OrderedDict(torch.load(sys.argv[1]))
        state._metadata = collections.OrderedDict([('', {'version': 1}), ('Conv2d_1a_3x3.bn', {'version': 2})])
        torch.save(state, sys.argv[2], _use_new_zipfile_serialization=False)
        """;

    [TestMethod]
    public void WeightsOfInceptionInThePublishedLayoutAreRead()
    {
        RequirePyTorch();
        using var folder = new TemporaryFolder();
        var weights = new InceptionWeights(GoldenFile.Open("inception"));
        string ours = folder.File("ours.pth"), legacy = folder.File("legacy.pth");
        TensorFiles.Write(ours, new SafetensorsFile(ours, new Dictionary<string, string>(), new InceptionModel().Tensors.Select(
            t => new SafetensorsEntry(t.Name, SafetensorsType.F32, t.Shape, Bytes(weights.Of(t.Name, t.Shape))))));
        var (code, _, error) = Run("-c", LegacyScript, ours, legacy);
        Assert.AreEqual(0, code, error);
        Assert.AreEqual(TensorFileKind.TorchLegacy, TensorFiles.KindOf(legacy), "layout");
        var device = TestDevices.Get("cpu");
        using var expected = InceptionNetwork.Create(device, weights.Of, "");
        using var network = FeatureNetworks.Open(device, legacy);
        byte[][] image = [[.. Enumerable.Range(0, 6 * 5).Select(i => (byte)(8 * i))]];
        CollectionAssert.AreEqual(expected.Features(image, 6, 5, 1)[0], network.Features(image, 6, 5, 1)[0], "features");

        static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    [TestMethod]
    public void PyTorchReadsAStateThatWasWrittenForIt()
    {
        var version = RequirePyTorch();
        using var folder = new TemporaryFolder();
        var file = TensorFiles.Read(Path.Combine(GoldenFile.Folder, "network-snapshot.pkl"));
        var path = folder.File("state.pth");
        TensorFiles.Write(path, file);
        var (code, output, error) = Run("-c", Script, path);
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

    private static string RequirePyTorch()
    {
        var (code, version, error) = Run("-c", "import torch; print(torch.__version__)");
        if (code != 0)
        {
            Assert.AreNotEqual("1", Environment.GetEnvironmentVariable("EDM_REQUIRE_PYTORCH"), $"PyTorch is required: {error}");
            Assert.Inconclusive($"skipped: {Python} has no torch ({error.Trim().Split('\n')[^1]})");
        }

        return version;
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
