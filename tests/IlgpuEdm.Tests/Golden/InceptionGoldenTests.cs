using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>Features of the FID variant of Inception-v3 against PyTorch's.</summary>
[TestCategory("Golden")]
public abstract class InceptionGoldenTests : DeviceTestBase
{
    private const double Tolerance = 1e-4;

    [TestMethod]
    public void FeaturesAgree()
    {
        var file = GoldenFile.Open("inception");
        using var network = InceptionNetwork.Create(Device, new InceptionWeights(file).Of, "golden");
        var sets = file.Tensors.Keys.Where(k => k.EndsWith("/in", StringComparison.Ordinal)).Select(k => k[..^3]).ToList();
        Assert.IsNotEmpty(sets, "sets of images");
        var grey = 0;
        foreach (var set in sets)
        {
            var shape = file.GetShape($"{set}/in");
            int height = shape[2], width = shape[3], channels = shape[1], expectedLength = file.GetShape($"{set}/features")[1];
            var images = Images(file, set);
            var features = network.Features(images, height, width, channels);
            Assert.AreEqual(expectedLength, network.Length, "features of an image");
            var expected = file.GetFloats($"{set}/features");
            for (var i = 0; i < images.Length; i++)
            {
                GoldenFile.AssertClose(
                    features[i], expected.AsSpan(i * network.Length, network.Length), Tolerance, $"{set}, image {i}");
            }

            grey += channels == 1 ? 1 : 0;
            if (images.Length > 1)
            {
                var alone = network.Features([images[^1]], height, width, channels)[0];
                CollectionAssert.AreEqual(features[^1], alone, $"{set}: the same bits alone as beside others");
            }
        }

        Assert.IsGreaterThan(0, grey, "sets of grey images");
    }

    [TestMethod]
    public void NarrowPrecisionsChangeNothing()
    {
        var file = GoldenFile.Open("inception");
        using var network = InceptionNetwork.Create(Device, new InceptionWeights(file).Of, "golden");
        var set = file.Tensors.Keys.First(k => k.EndsWith("/in", StringComparison.Ordinal))[..^3];
        var shape = file.GetShape($"{set}/in");
        byte[][] image = [Images(file, set)[0]];
        var expected = network.Features(image, shape[2], shape[3], shape[1])[0];
        var precision = Device.Precision;
        try
        {
            Device.Precision = Precision.Bf16;
            CollectionAssert.AreEqual(expected, network.Features(image, shape[2], shape[3], shape[1])[0], "bits under bf16");
            if (Device.IsCooperative && Device.HasTensorCores)
            {
                Device.Precision = Precision.Tf32;
                CollectionAssert.AreEqual(expected, network.Features(image, shape[2], shape[3], shape[1])[0], "bits under tf32");
            }
        }
        finally
        {
            Device.Precision = precision;
        }
    }

    private static byte[][] Images(SafetensorsFile file, string set)
    {
        var shape = file.GetShape($"{set}/in");
        var bytes = GoldenFile.NchwToNhwc(file.Tensors[$"{set}/in"].Bytes.ToArray(), shape);
        return [.. bytes.Chunk(bytes.Length / shape[0])];
    }
}

[TestClass]
public sealed class InceptionGoldenTestsCpu : InceptionGoldenTests
{
    protected override string Spec => Cpu;
}

[TestClass]
[TestCategory("Slow")]
public sealed class InceptionGoldenTestsOpenCL : InceptionGoldenTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class InceptionGoldenTestsOpenCLCooperative : InceptionGoldenTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class InceptionGoldenTestsCuda : InceptionGoldenTests
{
    protected override string Spec => Cuda;
}
