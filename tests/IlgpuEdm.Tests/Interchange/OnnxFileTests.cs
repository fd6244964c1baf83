using System.Runtime.InteropServices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>What <c>convert</c> writes as ONNX, and what it refuses to write so.</summary>
[TestClass]
public sealed class OnnxFileTests
{
    private static string Pickle => Path.Combine(GoldenFile.Folder, "network-snapshot.pkl");

    [TestMethod]
    [TestCategory("Golden")]
    public void ANetworkPickleBecomesAFileThatComputesWhatIsExpected()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("net.onnx");
        var result = Cli.Cli.Run("convert", Pickle, path);
        Assert.AreEqual(0, result.Code, result.Error);
        Assert.Contains("net.onnx", result.Output);

        var expected = GoldenFile.Open("network-snapshot.expected");
        var shape = expected.GetShape("in.x");
        using var onnx = new OnnxRun(path);
        var sigma = expected.GetFloats("in.sigma");
        var levels = sigma.Length == shape[0] ? sigma : Enumerable.Repeat(sigma[0], shape[0]).ToArray();
        var labels = expected.Contains("in.labels") ? expected.GetFloats("in.labels") : null;
        GoldenFile.AssertClose(onnx.Denoise(expected.GetFloats("in.x"), levels, labels), expected.GetFloats("out"), 1e-5, path);

        CollectionAssert.AreEqual(shape[1..], onnx.Inputs["x"][1..]);
        CollectionAssert.AreEqual(shape[1..], onnx.Outputs["denoised"][1..]);
        CollectionAssert.AreEqual((int[])[-1], onnx.Inputs["sigma"]);
        Assert.AreEqual(-1, onnx.Inputs["x"][0]);
        Assert.AreEqual(labels != null, onnx.Inputs.ContainsKey("class_labels"));
        Assert.AreEqual("ilgpu-edm", onnx.Metadata.ProducerName);
        foreach (var (key, value) in TensorFiles.Read(Pickle).Metadata)
        {
            Assert.AreEqual(value, onnx.Metadata.CustomMetadataMap[key], key);
        }

        Assert.AreEqual(0, Cli.Cli.Run("convert", Pickle, folder.File("again.onnx")).Code);
        CollectionAssert.AreEqual(File.ReadAllBytes(path), File.ReadAllBytes(folder.File("again.onnx")));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(9)]
    public void TheRuntimeHasNothingToSayButOfTheInputThatMayBeLeftOut(int augmentDim)
    {
        var options = new SongUNetOptions
        {
            Height = 4,
            Width = 4,
            ImageChannels = 1,
            ModelChannels = 16,
            ChannelMult = [1, 1],
            BlocksPerLevel = 1,
            AugmentDim = augmentDim,
        };
        using var denoiser = OnnxCase.Untrained(TestDevices.Get("cpu"), options, new EdmPreconditioner());
        var onnx = denoiser.Run;
        Assert.HasCount(augmentDim > 0 ? 1 : 0, onnx.Said, string.Join("\n", onnx.Said));
        Assert.IsTrue(onnx.Said.All(line => line.Contains("augment_labels")), string.Join("\n", onnx.Said));
        CollectionAssert.AreEqual(augmentDim > 0 ? (string[])["augment_labels"] : [], onnx.OptionalInputs.Keys.ToArray());
    }

    [TestMethod]
    public void OtherTypesOfWeightsBecomeFloat32()
    {
        using var folder = new TemporaryFolder();
        var single = TensorFiles.Read(Pickle);
        var wide = new SafetensorsFile(Pickle, single.Metadata, single.Tensors.Values.Select(tensor => new SafetensorsEntry(
            tensor.Name, SafetensorsType.F64, tensor.Shape,
            MemoryMarshal.AsBytes<double>(single.GetDoubles(tensor.Name)).ToArray())));
        TensorFiles.Write(folder.File("single.onnx"), single);
        TensorFiles.Write(folder.File("wide.onnx"), wide);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("single.onnx")), File.ReadAllBytes(folder.File("wide.onnx")));
    }

    [TestMethod]
    public void WeightsWithoutTheirNetworkAreOneLine()
    {
        using var folder = new TemporaryFolder();
        var pickle = PickleAssembler.Protocol(2).Dict(("w", w => w.Tensor("FloatStorage", "0", 1, 0, [1], [1]))).Stop();
        var state = folder.Write(TorchFileTests.Zip(pickle, [1]), "state.pth");
        Cli.Cli.Run("convert", state, folder.File("net.onnx")).AssertOneLine(1, state, "does not say what network");
        var full = TensorFiles.Read(Pickle);
        OneClearLine.Of(
            () => TensorFiles.Write(folder.File("net.onnx"), new SafetensorsFile("part.npz", full.Metadata, full.Tensors.Values.Skip(1))),
            "part.npz", full.Tensors.Keys.First(), "missing");
        Assert.IsFalse(File.Exists(folder.File("net.onnx")));
    }

    [TestMethod]
    public void ANetworkOfMoreThan2GbIsOneLineAtOnce()
    {
        using var folder = new TemporaryFolder();
        var network = (TrainingPresets.Named("adm") with { Channels = 320 }).ModelFor(64, 64, 3, 1000).Network;

        // What the tensors claim is refused before any of them is read.
        var claimed = network.Create().Parameters.All.Select(parameter => new SafetensorsEntry(
            NetworkDenoiser.Prefix + parameter.Name, SafetensorsType.F32, parameter.FileShape, 0, sizeof(float) * (long)parameter.Length));
        var file = new SafetensorsFile("huge", NetworkDenoiser.Description(network, new EdmPreconditioner()), claimed);
        OneClearLine.Of(() => TensorFiles.Write(folder.File("net.onnx"), file), "net.onnx", "2 GB", ".safetensors");
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }
}
