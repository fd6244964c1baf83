using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Weights of Inception-v3 in the layout in which they are published, written by PyTorch itself.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class PyTorchInceptionTests
{
    // Writes a state as old versions did: in the legacy layout, with the versions of modules beside it.
    private const string SaveLegacy = """
        import collections
        state = collections.OrderedDict(torch.load(sys.argv[1]))
        state._metadata = collections.OrderedDict([('', {'version': 1}), ('Conv2d_1a_3x3.bn', {'version': 2})])
        torch.save(state, sys.argv[1] + '.legacy', _use_new_zipfile_serialization=False)
        """;

    [TestMethod]
    public void WeightsInThePublishedLayoutAreRead()
    {
        PyTorch.Require();
        using var folder = new TemporaryFolder();
        var weights = new InceptionWeights(GoldenFile.Open("inception"));
        string ours = folder.File("ours.pth"), legacy = ours + ".legacy";
        TensorFiles.Write(ours, new SafetensorsFile(ours, new Dictionary<string, string>(), new InceptionModel().Tensors.Select(
            t => new SafetensorsEntry(t.Name, SafetensorsType.F32, t.Shape, Bytes(weights.Of(t.Name, t.Shape))))));
        PyTorch.Run(SaveLegacy, ours);
        Assert.AreEqual(TensorFileKind.TorchLegacy, TensorFiles.KindOf(legacy), "layout");
        var device = TestDevices.Get("cpu");
        using var expected = InceptionNetwork.Create(device, weights.Of, "");
        using var network = FeatureNetworks.Open(device, legacy);
        byte[][] image = [[.. Enumerable.Range(0, 6 * 5).Select(i => (byte)(8 * i))]];
        CollectionAssert.AreEqual(expected.Features(image, 6, 5, 1)[0], network.Features(image, 6, 5, 1)[0], "features");

        static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}
