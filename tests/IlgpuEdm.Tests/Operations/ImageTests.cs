using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Resampling and joining of images.</summary>
public abstract class ImageTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1, 1, 1)]
    [DataRow(2, 5, 7, 19)]
    [DataRow(3, 4, 9, 33)]
    public void UpsamplingMatchesTheReference(int n, int h, int w, int c) =>
        AssertMatchesReference(run => SelfTestImages.Upsample(run, n, h, w, c));

    [TestMethod]
    [DataRow(1, 2, 2, 1)]
    [DataRow(2, 6, 10, 19)]
    [DataRow(3, 14, 4, 33)]
    public void DownsamplingMatchesTheReference(int n, int h, int w, int c) =>
        AssertMatchesReference(run => SelfTestImages.Downsample(run, n, h, w, c));

    [TestMethod]
    public void UpThenDownGivesTheImageAndItsGradientBackExactly()
    {
        float[] hx = Integers(1, 2 * 3 * 5 * 7), hg = Integers(2, hx.Length);
        var x = Input(hx, 2, 3, 5, 7);
        var y = Tape.Downsample(Tape.Upsample(x));
        AssertExact(Widen(hx), y, "image");
        Backward(y, hg);
        AssertExact(Widen(hg), x.Gradient!, "gradient");
    }

    [TestMethod]
    [DataRow(1, 1, 1, 1, 1)]
    [DataRow(2, 5, 7, 20, 33)]
    [DataRow(3, 9, 8, 5, 3)]
    public void JoinedChannelsMatchTheReference(int n, int h, int w, int first, int second) =>
        AssertMatchesReference(run => SelfTestImages.Concatenate(run, n, h, w, first, second));

    [TestMethod]
    public void ATensorJoinedToItselfGetsBothGradients()
    {
        const int pixels = 6, c = 5;
        float[] hx = Integers(1, pixels * c), hg = Integers(2, 2 * pixels * c);
        var x = Input(hx, 1, 2, 3, c);
        Backward(Tape.Concatenate(x, x), hg);
        AssertExact(
            [.. Enumerable.Range(0, pixels * c).Select(i => (double)hg[i / c * 2 * c + i % c] + hg[i / c * 2 * c + c + i % c])],
            x.Gradient!, "sum of both halves of the gradient");
    }

    [TestMethod]
    [DataRow(3, 5)]
    [DataRow(8, 4)]
    public void SixteenBitsGiveTheRoundedJoinAndItsParts(int first, int second)
    {
        int[] a = [2, 3, 5, first], b = [2, 3, 5, second];
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Concatenate(x[0], x[1]), a, b);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.FirstChannels(x[0], first / 2), a);
    }
}

[TestClass]
public sealed class ImageTestsCpu : ImageTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ImageTestsOpenCL : ImageTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ImageTestsOpenCLCooperative : ImageTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ImageTestsEmulator : ImageTests
{
    protected override string Spec => Emulator;
}

[TestClass]
public sealed class ImageTestsCuda : ImageTests
{
    protected override string Spec => Cuda;
}
