using IlgpuEdm.Autodiff;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Sums and means of each channel over an image's pixels.</summary>
public abstract class ChannelSumTests : OperationTestBase
{
    [TestMethod]
    [DataRow(3, 1, 1)]
    [DataRow(2, 35, 20)]
    [DataRow(2, 1100, 12)]
    [DataRow(2, 131, 33)]
    [DataRow(1, 70, 144)]
    public void SumsAreExactWrittenAndAdded(int n, int pixels, int c)
    {
        var hx = Integers(1, n * pixels * c);
        var expected = Sums(hx, n, pixels, c);
        Tensor x = Tape.From(hx, n, pixels, 1, c), y = Tape.From([.. Enumerable.Repeat(float.NaN, n * c)], n, c);
        ChannelReduction.Sum(x, y, accumulate: false);
        AssertExact(expected, y, "written");
        ChannelReduction.Sum(x, y, accumulate: true);
        AssertExact(Array.ConvertAll(expected, v => 2 * v), y, "added");
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(5)]
    public void NarrowElementsAreSummedInFloat32(int c)
    {
        const int n = 2, pixels = 700;
        var hx = Integers(2, n * pixels * c);
        var x = Tape.New(TensorStorage.BFloat16, n, pixels, 1, c);
        x.Upload(hx);
        var y = Tape.New(n, c);
        ChannelReduction.Sum(x, y, accumulate: false);
        AssertExact(Sums(hx, n, pixels, c), y, "sums, which 8 bits would not hold");
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(5)]
    public void NarrowElementsHaveAMeanWithANarrowGradient(int c)
    {
        const int n = 2, pixels = 64;
        var hx = Integers(3, n * pixels * c);
        var x = Tape.New(TensorStorage.BFloat16, n, 8, 8, c);
        x.Upload(hx);
        x.RequiresGradient = true;
        var y = Tape.MeanPixels(x);
        AssertExact(Array.ConvertAll(Sums(hx, n, pixels, c), v => v / pixels), y, "means");
        var hg = Numbers(4, n * c);
        Backward(y, hg);
        Assert.AreEqual(TensorStorage.BFloat16, x.Gradient!.Storage, "storage of the gradient");
        var gradient = x.Gradient.ToArray();
        for (var i = 0; i < gradient.Length; i++)
        {
            var exact = hg[i / (pixels * c) * c + i % c] / pixels;
            Assert.AreEqual(BFloat16.Widen(BFloat16.Round(exact)), gradient[i], $"gradient, element {i}");
        }
    }

    private static double[] Sums(float[] x, int n, int pixels, int c)
    {
        var sums = new double[n * c];
        for (var i = 0; i < x.Length; i++)
        {
            sums[i / (pixels * c) * c + i % c] += x[i];
        }

        return sums;
    }
}

[TestClass]
public sealed class ChannelSumTestsCpu : ChannelSumTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ChannelSumTestsOpenCL : ChannelSumTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ChannelSumTestsOpenCLCooperative : ChannelSumTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ChannelSumTestsCuda : ChannelSumTests
{
    protected override string Spec => Cuda;
}
