using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Files of weights of Inception-v3: which are taken, what is said of them, and which are refused.</summary>
[TestClass]
public sealed class InceptionFileTests
{
    private const string Last = "Mixed_7c.branch_pool.bn.running_var";

    // 22 million parameters: one for all tests, which says that it is the published one.
    private static InceptionWeights _weights = null!;
    private static InceptionNetwork _network = null!;

    [ClassInitialize]
    public static void MakeNetwork(TestContext context)
    {
        _weights = new InceptionWeights(GoldenFile.Open("inception"));
        _network = InceptionNetwork.Create(TestDevices.Get("cpu"), _weights.Of, InceptionNetwork.PublishedHash);
    }

    [ClassCleanup]
    public static void DisposeNetwork() => _network.Dispose();

    [TestMethod]
    public void AFileOfTorchComputesWhatItsTensorsSay() => AssertRead("weights.pth");

    [TestMethod]
    [TestCategory("Slow")]
    public void ASafetensorsFileComputesWhatItsTensorsSay() => AssertRead("weights.safetensors");

    [TestMethod]
    public void OnlyThePublishedWeightsMakeFid()
    {
        Assert.AreEqual("Inception-v3 (FID, 2015-12-05)", _network.Name, "name");
        Assert.AreEqual("FID", _network.DistanceName, "distance");
        Assert.IsFalse(InceptionNetwork.IsPublished($"{InceptionNetwork.PublishedHash[..8]}{new string('0', 56)}"), "all digits count");
    }

    [TestMethod]
    public void ATensorThatIsMissingIsNamed() => OneClearLine.Of(
        () => InceptionNetwork.Require(Small([.. Tensors().Where(t => t.Name != Last)]), "some.pth"),
        "some.pth", "1 of 470 tensors", Last, "dataset get inception");

    [TestMethod]
    public void ATensorOfAnotherShapeIsNamed() => OneClearLine.Of(
        () => InceptionNetwork.Require(Small([.. Tensors().Select(t => t.Name == Last ? (t.Name, [191]) : t)]), "some.pth"),
        "some.pth", Last, "[191]", "[192]");

    [TestMethod]
    public void ATensorThatHoldsNoNumbersIsNamed() => OneClearLine.Of(
        () => InceptionNetwork.Require(
            new SafetensorsFile("some.pth", new Dictionary<string, string>(), Tensors().Select(t => new SafetensorsEntry(
                t.Name, t.Name == Last ? SafetensorsType.U8 : SafetensorsType.F32, t.Shape, default))), "some.pth"),
        "some.pth", Last, "floating-point");

    [TestMethod]
    public void OtherFilesAreNoFeatureNetworks()
    {
        using var folder = new TemporaryFolder();
        var device = TestDevices.Get("cpu");
        string golden = Path.Combine(GoldenFolder.Path, "ops.safetensors"), text = folder.Write("no weights"u8.ToArray(), "a.pth");
        foreach (var path in new[] { golden, text, Path.Combine(GoldenFolder.Path, "network-snapshot.pkl") })
        {
            OneClearLine.Of(() => FeatureNetworks.Open(device, path), path, "is no feature network", "dataset get inception", "classifier");
        }

        OneClearLine.Of(() => FeatureNetworks.Open(device, folder.File("none.pth")), "none.pth", "no such file");
        OneClearLine.Of(() => InceptionNetwork.Load(device, golden), golden, "470 of 470 tensors", "Conv2d_1a_3x3.conv.weight");
    }

    [TestMethod]
    public void ADamagedFileIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("small.pth");
        TensorFiles.Write(path, Of(path, [("Conv2d_1a_3x3.conv.weight", [32, 3, 3, 3])], (_, shape) => new byte[4 * Length(shape)]));
        var whole = File.ReadAllBytes(path);
        var device = TestDevices.Get("cpu");
        OneClearLine.Of(() => FeatureNetworks.Open(device, path), "small.pth", "469 of 470 tensors");
        OneClearLine.Of(() => FeatureNetworks.Open(device, folder.Write(whole[..^9], "short.pth")), "short.pth");
    }

    [TestMethod]
    public void ImagesThatItDoesNotTakeAreRefused()
    {
        _network.RequireFit(1, 1, 1, "tiny");
        _network.RequireFit(1024, 768, 3, "large");
        OneClearLine.Of(() => _network.RequireFit(8, 8, 4, "my images"), "my images", "8x8 with 4 channels", "grey or RGB");
        OneClearLine.Of(() => _network.RequireFit(8, 1 << 15, 3, "my images"), "my images", "32768x8");
        Assert.ThrowsExactly<ArgumentException>(() => _network.Features([new byte[11]], 2, 2, 3), "a byte is missing");
        Assert.IsEmpty(_network.Features([], 2, 2, 3), "no images");
    }

    private static void AssertRead(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);

        // As in the published file there is more than the features need.
        _weights.Write(path, ("fc.weight", [3, 2048]));
        byte[][] image = [TestPixels(5 * 7 * 3)];
        using var network = FeatureNetworks.Open(TestDevices.Get("cpu"), path);
        CollectionAssert.AreEqual(_network.Features(image, 5, 7, 3)[0], network.Features(image, 5, 7, 3)[0], "features");
        Assert.AreEqual(FileBytes.Hash(path), network.Hash, "hash");
        StringAssert.Contains(network.Name, "other weights", "name");
        Assert.AreEqual("Fréchet distance in Inception-v3 of other weights", network.DistanceName, "only the published weights make FID");
    }

    private static (string Name, int[] Shape)[] Tensors() => [.. new InceptionModel().Tensors];

    // Shapes without their elements.
    private static SafetensorsFile Small((string Name, int[] Shape)[] tensors) => Of("some.pth", tensors, (_, _) => []);

    private static SafetensorsFile Of(string path, (string Name, int[] Shape)[] tensors, Func<string, int[], byte[]> bytes) => new(
        path, new Dictionary<string, string>(),
        tensors.Select(t => new SafetensorsEntry(t.Name, SafetensorsType.F32, t.Shape, bytes(t.Name, t.Shape))));

    private static int Length(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    private static byte[] TestPixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37))];
}
