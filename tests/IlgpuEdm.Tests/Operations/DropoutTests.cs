using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Dropout with masks that depend on seed, image number and layer alone.</summary>
public abstract class DropoutTests : OperationTestBase
{
    private const int Size = 5003;

    [TestMethod]
    [DataRow(1, 1, 0.5f)]
    [DataRow(3, 1033, 0.13f)]
    [DataRow(2, 64, 0.9f)]
    public void MatchesTheReference(int n, int size, float rate) => AssertMatchesReference(run => SelfTestRandom.Drop(run, n, size, rate));

    [TestMethod]
    [DataRow(0.1f)]
    [DataRow(0.5f)]
    public void DropsAtTheRateAndKeepsTheMean(float rate)
    {
        const int n = 4;
        using var key = new RandomKey(Device, 7);
        using var tape = new Tape(Device, recording: false, key);
        float[] ones = [.. Enumerable.Repeat(1f, n * Size)];
        var y = tape.Drop(tape.From(ones, n, Size), rate, layer: 0).ToArray();
        var deviation = Math.Sqrt(rate * (1 - rate) / y.Length);
        Assert.AreEqual(rate, y.Count(v => v == 0) / (double)y.Length, 4 * deviation, "fraction dropped");
        Assert.AreEqual(1, y.Average(), 4 * deviation / (1 - rate), "mean");
        Assert.IsTrue(y.All(v => v == 0 || MathF.Abs(v * (1 - rate) - 1) < 1e-6f), "what stays is divided by 1 - rate");
    }

    [TestMethod]
    public void BackwardUsesTheMaskOfTheForwardPass()
    {
        using var key = new RandomKey(Device, 7);
        using var tape = new Tape(Device, recording: true, key);
        float[] ones = [.. Enumerable.Repeat(1f, 2 * Size)];
        var x = tape.From(ones, 2, Size);
        x.RequiresGradient = true;
        var y = tape.Drop(x, 0.3f, layer: 2);
        var mask = y.ToArray();
        tape.Backward(y, tape.From(ones, 2, Size));
        CollectionAssert.AreEqual(mask, x.Gradient!.ToArray(), "mask forward and backward");
    }

    [TestMethod]
    public void AnImagesMaskIsTheSameInAnyBatch()
    {
        var all = Mask(seed: 3, firstImage: 10, n: 3, layer: 1);
        for (var image = 0; image < 3; image++)
        {
            CollectionAssert.AreEqual(
                all.AsSpan(image * Size, Size).ToArray(), Mask(seed: 3, firstImage: 10 + image, n: 1, layer: 1), $"image {10 + image}");
        }
    }

    [TestMethod]
    public void SeedsImagesAndLayersHaveMasksOfTheirOwn()
    {
        var mask = Mask(seed: 3, firstImage: 10, n: 1, layer: 1);
        foreach (var other in new[] { Mask(4, 10, 1, 1), Mask(3, 11, 1, 1), Mask(3, 10, 1, 2) })
        {
            // Independent masks of rate 1/2 agree at half the places.
            var same = mask.Zip(other, (a, b) => a == b ? 1 : 0).Sum() / (double)Size;
            Assert.AreEqual(0.5, same, 0.03, "fraction of places where two masks agree");
        }
    }

    [TestMethod]
    [DataRow(333)]
    [DataRow(64)]
    public void SixteenBitsGiveTheRoundedResult(int size) =>
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Drop(x[0], 0.3f, layer: 1), [3, size]);

    [TestMethod]
    public void NothingHappensAtRateZeroOrWithoutAKey()
    {
        using var key = new RandomKey(Device, 7);
        using var keyed = new Tape(Device, recording: false, key);
        var x = keyed.From([1f, 2f], 1, 2);
        Assert.AreSame(x, keyed.Drop(x, 0f, layer: 0), "rate 0");
        Assert.AreSame(x, Tape.Drop(x, 0.5f, layer: 0), "a tape without a key");
    }

    private float[] Mask(ulong seed, long firstImage, int n, int layer)
    {
        using var key = new RandomKey(Device, seed);
        key.FirstImage(firstImage);
        using var tape = new Tape(Device, recording: false, key);
        float[] ones = [.. Enumerable.Repeat(1f, n * Size)];
        return tape.Drop(tape.From(ones, n, Size), 0.5f, layer).ToArray();
    }
}

[TestClass]
public sealed class DropoutTestsCpu : DropoutTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class DropoutTestsOpenCL : DropoutTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class DropoutTestsOpenCLCooperative : DropoutTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class DropoutTestsCuda : DropoutTests
{
    protected override string Spec => Cuda;
}
