using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>The verb <c>convert</c>, and verbs that take what it reads and writes.</summary>
[TestClass]
public sealed class ConvertTests
{
    private static string Pickle => Path.Combine(GoldenFile.Folder, "network-snapshot.pkl");

    [TestMethod]
    public void EveryFormatHoldsTheSame()
    {
        using var folder = new TemporaryFolder();
        var last = Pickle;
        foreach (var name in new[] { "a.safetensors", "b.npz", "c.pth", "d.pt", "e.safetensors" })
        {
            var next = folder.File(name);
            var result = Cli.Cli.Run("convert", last, next);
            Assert.AreEqual(0, result.Code, result.Error);
            Assert.Contains("tensors with", result.Output);
            last = next;
        }

        SafetensorsFile first = TensorFiles.Read(Pickle), end = TensorFiles.Read(last);
        CollectionAssert.AreEquivalent(first.Tensors.Keys.ToArray(), end.Tensors.Keys.ToArray());
        foreach (var (key, value) in first.Metadata)
        {
            Assert.AreEqual(value, end.Metadata[key], key);
        }

        foreach (var (name, tensor) in first.Tensors)
        {
            CollectionAssert.AreEqual(tensor.Shape.ToArray(), end.Tensors[name].Shape.ToArray(), name);
            CollectionAssert.AreEqual(tensor.Bytes.ToArray(), end.Tensors[name].Bytes.ToArray(), name);
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("e.safetensors")));
    }

    [TestMethod]
    public void TheUrlOfALocalFileIsTaken()
    {
        using var folder = new TemporaryFolder();
        var url = new Uri(Path.GetFullPath(Pickle)).AbsoluteUri;
        Assert.StartsWith("file://", url);
        Assert.AreEqual(0, Cli.Cli.Run("convert", url, folder.File("net.npz")).Code);
        Cli.Cli.Run("convert", "https://example.com/net.pkl", folder.File("other.npz")).AssertOneLine(1, "example.com", "download");
    }

    [TestMethod]
    public void AnotherEndingIsOneLine()
    {
        using var folder = new TemporaryFolder();
        Cli.Cli.Run("convert", Pickle, folder.File("net.bin")).AssertOneLine(1, "net.bin", ".safetensors");
        Assert.IsFalse(File.Exists(folder.File("net.bin")));
    }

    [TestMethod]
    public void AFileThatHoldsNoTensorsIsOneLine()
    {
        using var folder = new TemporaryFolder();
        var empty = folder.Write(PickleAssembler.Protocol(2).Op("]").Stop(), "list.pkl");
        Cli.Cli.Run("convert", empty, folder.File("net.pth")).AssertOneLine(1, empty, "no tensors");
        var text = folder.Write("hello"u8.ToArray(), "hello.txt");
        Cli.Cli.Run("convert", text, folder.File("net.pth")).AssertOneLine(1, text, "neither");
        Cli.Cli.Run("convert", folder.File("absent"), folder.File("net.pth")).AssertOneLine(1, "absent", "no such file");
        Assert.IsFalse(File.Exists(folder.File("net.pth")));
    }

    [TestMethod]
    public void InfoSaysWhatANetworkPickleIs()
    {
        var result = Cli.Cli.Run("info", Pickle);
        Assert.AreEqual(0, result.Code, result.Error);
        foreach (var word in new[] { "network pickle", "network.model_channels", "preconditioner.type", "parameters" })
        {
            Assert.Contains(word, result.Output);
        }
    }

    [TestMethod]
    public void SampleTakesANetworkPickle()
    {
        using var folder = new TemporaryFolder();
        var result = Cli.Cli.Run(
            "sample", "--network", Pickle, "--out", folder.File("out"), "--seeds", "3", "--steps", "2", "--device", "cpu");
        Assert.AreEqual(0, result.Code, result.Error);
        Assert.IsTrue(File.Exists(folder.File("out", "000003.png")));
    }

    [TestMethod]
    public void SampleOfAStateWithoutItsNetworkIsOneLine()
    {
        using var folder = new TemporaryFolder();
        var pickle = PickleAssembler.Protocol(2).Dict(("w", w => w.Tensor("FloatStorage", "0", 1, 0, [1], [1]))).Stop();
        var path = folder.Write(TorchFileTests.Zip(pickle, [1]), "state.pth");
        Cli.Cli.Run("sample", "--network", path, "--out", folder.File("out"), "--device", "cpu")
            .AssertOneLine(1, path, "does not say what network");
    }
}
