using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Editing 8-bit images with a network.</summary>
public abstract class ImageEditorTests : DeviceTestBase
{
    private static readonly ImageSeed[] _images = [new(1, 0), new(2, 1), new(3, 2), new(1, 2)];

    private static readonly byte[][] _sources =
        [.. Enumerable.Range(0, 4).Select(n => Enumerable.Range(0, 64).Select(j => (byte)((n * 71) + (j * 37))).ToArray())];

    private static readonly bool[] _known = [.. Enumerable.Range(0, 64).Select(j => j % 8 < 3)];

    public static IEnumerable<object[]> Ways =>
    [
        [new EditOptions { Mask = new InpaintingMask(_known, 8, 8, 1), Repeats = 1, Sampling = Of(new SamplerOptions { Steps = 3 }) }],
        [new EditOptions { Sampling = Of(new SamplerOptions { Steps = 3 }), SigmaStart = 0.7 }],
        [new EditOptions { Sampling = Of(new SamplerOptions { Steps = 3, Solver = "sde" }) }],
        [new EditOptions { Sampling = Of(new SamplerOptions { SigmaMin = 0.3 }) with { Adaptive = new AdaptiveTolerance(0.1, 0.1) } }],
    ];

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public void AnImageIsTheSameBytesInAnyBatch(EditOptions options)
    {
        using var networks = new SamplingNetworks(Device);
        byte[][] together = ImageEditor.Edit(networks.Of("guided"), _sources, _images, options, batch: 4);
        for (int i = 0; i < 4; i++)
        {
            byte[] alone = ImageEditor.Edit(networks.Of("guided"), [_sources[i]], [_images[i]], options, batch: 1)[0];
            CollectionAssert.AreEqual(alone, together[i], $"image {i}");
            CollectionAssert.AreNotEqual(_sources[i], together[i], "something was changed");
        }
    }

    [TestMethod]
    public void KnownPixelsStayToTheBit()
    {
        using var networks = new SamplingNetworks(Device);
        var options = (EditOptions)Ways.First()[0];
        byte[][] edited = ImageEditor.Edit(networks.Of("plain"), _sources, _images, options, batch: 4);
        for (int i = 0; i < 4; i++)
        {
            byte[] expected = [.. _sources[i].Where((_, j) => _known[j])];
            CollectionAssert.AreEqual(expected, edited[i].Where((_, j) => _known[j]).ToArray(), $"image {i}");
        }
    }

    [TestMethod]
    public void ALowStartChangesLittle()
    {
        using var networks = new SamplingNetworks(Device);
        byte[] source = [.. Enumerable.Range(0, 64).Select(j => (byte)(50 + j))];
        int Change(double start)
        {
            var options = new EditOptions { SigmaStart = start };
            byte[] varied = ImageEditor.Edit(networks.Of("plain"), [source], [_images[0]], options, batch: 1)[0];
            return varied.Zip(source, (a, b) => Math.Abs(a - b)).Max();
        }

        Assert.IsLessThanOrEqualTo(3, Change(0.004), "from just above the lowest level");
        Assert.IsGreaterThan(10, Change(5), "from far above");
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        using var networks = new SamplingNetworks(Device);
        void Edit(EditOptions options) => ImageEditor.Edit(networks.Of("plain"), _sources, _images, options, 4);
        var mask = new InpaintingMask(_known, 8, 8, 1);
        OneClearLine.Of(() => Edit(new EditOptions { SigmaStart = 0.001 }), "--sigma-start is 0.001", "0.002");
        OneClearLine.Of(() => Edit(new EditOptions { Mask = mask, Repeats = -1 }), "--repeats");
        var euler = new SamplerOptions { Solver = "euler" };
        OneClearLine.Of(() => Edit(new EditOptions { Mask = mask, Sampling = Of(euler) }), "--solver heun");
        OneClearLine.Of(() => Edit(new EditOptions { Mask = mask, Sampling = Of(new SamplerOptions { SChurn = 1 }) }), "--churn");
        OneClearLine.Of(() => Edit(new EditOptions { Mask = new InpaintingMask(_known, 8, 8, 3) }), "64 values");
    }

    private static ImageSamplerOptions Of(SamplerOptions options) => new() { Sampler = options };
}

[TestClass]
public sealed class ImageEditorTestsCpu : ImageEditorTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ImageEditorTestsOpenCL : ImageEditorTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ImageEditorTestsCuda : ImageEditorTests
{
    protected override string Spec => Cuda;
}
