using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Resampling with filters, and convolutions fused with it.</summary>
public abstract class ResamplingTests : OperationTestBase
{
    private static readonly int[] _usual = [1, 3, 3, 1];

    // Lengths 2 to 10, and weights that are not symmetric, which would hide a tap taken for another.
    public static IEnumerable<object[]> Filters =>
    [
        [_usual], [new[] { 2, 5 }], [new[] { 1, -2, 7, 3 }], [new[] { 1, 5, 10, 10, 5, 1 }], [new[] { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Filters))]
    public void EveryFilterMatchesTheReference(int[] filter)
    {
        AssertMatchesReference(run => SelfTestResampling.Filter(run, 2, 5, 7, 19, filter, up: true));
        AssertMatchesReference(run => SelfTestResampling.Filter(run, 2, 3, 6, 19, filter, up: false));
    }

    [TestMethod]
    [DataRow(1, 1, 1, 1)]
    [DataRow(3, 1, 4, 33)]
    [DataRow(2, 3, 1, 3)]
    [DataRow(2, 2, 2, 8)]
    [DataRow(3, 9, 14, 16)]
    public void EverySizeMatchesTheReference(int n, int h, int w, int c)
    {
        foreach (var filter in new int[][] { _usual, [1, 5, 10, 10, 5, 1] })
        {
            AssertMatchesReference(run => SelfTestResampling.Filter(run, n, h, w, c, filter, up: true));
            AssertMatchesReference(run => SelfTestResampling.Filter(run, n, h, w, c, filter, up: false));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Filters))]
    public void FusedConvolutionsMatchTheReference(int[] filter)
    {
        foreach (var k in new[] { 1, 3 })
        {
            AssertMatchesReference(run => SelfTestResampling.Convolve(run, new(2, 3, 5, 5, 19, k), filter, up: true));
            AssertMatchesReference(run => SelfTestResampling.Convolve(run, new(2, 4, 6, 19, 5, k), filter, up: false));
            AssertMatchesReference(run => SelfTestResampling.Convolve(run, new(1, 1, 1, 3, 4, k), filter, up: true));
            AssertMatchesReference(run => SelfTestResampling.Convolve(run, new(1, 2, 2, 3, 4, k), filter, up: false));
        }
    }

    [TestMethod]
    public void TheFilterOfOnesIsThePlainResamplingBitForBit()
    {
        float[] hx = Numbers(1, 2 * 4 * 6 * 19);
        foreach (var filter in new int[][] { [1, 1], [3, 3] })
        {
            var x = Tape.From(hx, 2, 4, 6, 19);
            CollectionAssert.AreEqual(Tape.Upsample(x).ToArray(), Tape.Upsample(x, filter).ToArray(), "up");
            CollectionAssert.AreEqual(Tape.Downsample(x).ToArray(), Tape.Downsample(x, filter).ToArray(), "down");
        }
    }

    [TestMethod]
    public void AConstantImageStaysConstantAwayFromTheEdges()
    {
        const int size = 8;
        var x = Tape.From([.. Enumerable.Repeat(1f, size * size)], 1, size, size, 1);
        var up = Tape.Upsample(x, _usual).ToArray();
        Assert.AreEqual(1f, up[size * 2 * size + size], 1e-6f, "middle of the upsampled image");
        Assert.AreEqual(0.75f * 0.75f, up[0], 1e-6f, "its corner, where a quarter of each axis lies outside");
        var down = Tape.Downsample(x, _usual).ToArray();
        Assert.AreEqual(1f, down[size / 4 * (size / 2) + size / 4], 1e-6f, "middle of the downsampled image");
        Assert.AreEqual(0.875f * 0.875f, down[0], 1e-6f, "its corner, where an eighth of each axis lies outside");
    }

    [TestMethod]
    public void EachImagesOutputIsTheSameInAnyBatch()
    {
        const int n = 3, h = 4, w = 6, c = 19, size = h * w * c;
        float[] hx = Numbers(1, n * size);
        var up = Tape.Upsample(Tape.From(hx, n, h, w, c), _usual).ToArray();
        var down = Tape.Downsample(Tape.From(hx, n, h, w, c), _usual).ToArray();
        for (var image = 0; image < n; image++)
        {
            var one = Tape.From(hx.AsSpan(image * size, size), 1, h, w, c);
            CollectionAssert.AreEqual(up[(4 * size * image)..(4 * size * (image + 1))], Tape.Upsample(one, _usual).ToArray(), "up");
            CollectionAssert.AreEqual(down[(size / 4 * image)..(size / 4 * (image + 1))], Tape.Downsample(one, _usual).ToArray(), "down");
        }
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(8)]
    public void SixteenBitsGiveTheRoundedResult(int channels)
    {
        int[] shape = [2, 4, 6, channels];
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Upsample(x[0], _usual), shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Downsample(x[0], _usual), shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Pad(x[0], 2), shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Crop(x[0], 1), shape);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(8)]
    public void ABorderOfZerosIsPutOnAndTakenOff(int channels)
    {
        float[] hx = Integers(1, 2 * 3 * 5 * channels), hg = Integers(2, 2 * 7 * 9 * channels);
        var x = Input(hx, 2, 3, 5, channels);
        var y = Tape.Pad(x, 2);
        var expected = new double[hg.Length];
        var gradient = new double[hx.Length];
        for (var i = 0; i < hx.Length; i++)
        {
            int channel = i % channels, column = i / channels % 5, row = i / channels / 5 % 3, image = i / channels / 15;
            var place = ((image * 7 + row + 2) * 9 + column + 2) * channels + channel;
            expected[place] = hx[i];
            gradient[i] = hg[place];
        }

        AssertExact(expected, y, "with a border");
        AssertExact(Widen(hx), Tape.Crop(y, 2), "without it");
        Backward(y, hg);
        AssertExact(gradient, x.Gradient!, "gradient");
    }

    [TestMethod]
    public void WithoutRecordingFusedConvolutionsKeepOnlyTheirResult()
    {
        using var inference = new Tape(Device, recording: false);
        Tensor x = inference.From(Numbers(1, 4 * 4 * 3), 1, 4, 4, 3), weight = inference.From(Numbers(2, 9 * 3 * 8), 3, 3, 3, 8);
        var before = Device.Pool.BytesInUse;
        inference.ConvolveUp(x, weight, null, _usual).Release();
        inference.ConvolveDown(x, weight, null, _usual).Release();
        inference.ConvolveUp(x, weight, null, null).Release();
        inference.ConvolveDown(x, weight, null, null).Release();
        Assert.AreEqual(before, Device.Pool.BytesInUse, "bytes in use after the results were given back");
    }
}

[TestClass]
public sealed class ResamplingTestsCpu : ResamplingTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ResamplingTestsOpenCL : ResamplingTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ResamplingTestsOpenCLCooperative : ResamplingTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ResamplingTestsCuda : ResamplingTests
{
    protected override string Spec => Cuda;
}
