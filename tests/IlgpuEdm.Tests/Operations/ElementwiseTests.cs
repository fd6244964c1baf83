using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Operations element by element.</summary>
public abstract class ElementwiseTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 1501)]
    [DataRow(2, 4096)]
    public void SiluMatchesTheReference(int rows, int columns) =>
        AssertMatchesReference(run => SelfTestElementwise.Silu(run, rows, columns));

    [TestMethod]
    public void SiluOfHugeNumbersIsZeroOrTheNumber()
    {
        var y = Tape.Silu(Input([-1e30f, -1000f, 0f, 1000f, 1e30f], 5)).ToArray();
        Assert.AreEqual(0f, y[1], 1e-30f, "silu(-1000)");
        Assert.AreEqual(0f, y[2], "silu(0)");
        Assert.AreEqual(1000f, y[3], "silu(1000)");
        Assert.AreEqual(1e30f, y[4], "silu(1e30)");
        Assert.IsFalse(float.IsNaN(y[0]), "silu(-1e30) is a number");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 1501)]
    public void SumMatchesTheReference(int rows, int columns) => AssertMatchesReference(run => SelfTestElementwise.Add(run, rows, columns));

    [TestMethod]
    public void ATensorAddedToItselfGetsTwiceTheGradient()
    {
        float[] hx = Integers(1, 133), hg = Integers(2, 133);
        var x = Input(hx, 133);
        var y = Tape.Add(x, x);
        AssertExact([.. hx.Select(v => 2.0 * v)], y, "sum");
        Backward(y, hg);
        AssertExact([.. hg.Select(v => 2.0 * v)], x.Gradient!, "gradient");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 1501)]
    public void ScaledSumMatchesTheReference(int rows, int columns) =>
        AssertMatchesReference(run => SelfTestElementwise.AddScaled(run, rows, columns));

    [TestMethod]
    public void AScaledSumOfATensorWithItselfAddsItsGradients()
    {
        float[] hx = Integers(1, 133), hg = Integers(2, 133);
        var x = Input(hx, 133);
        Backward(Tape.AddScaled(x, x, 0.5f), hg);
        AssertExact(Widen(hg), x.Gradient!, "half of the gradient, twice");
    }

    [TestMethod]
    public void AScaledSumWithAConstantGivesTheOtherItsGradient()
    {
        float[] hx = Integers(1, 133), hg = Integers(2, 133);
        foreach (var first in new[] { true, false })
        {
            Tensor x = Input(hx, 133), constant = Tape.From(hx, 133);
            Backward(first ? Tape.AddScaled(x, constant, 0.5f) : Tape.AddScaled(constant, x, 0.5f), hg);
            AssertExact([.. hg.Select(g => 0.5 * g)], x.Gradient!, $"gradient of the {(first ? "first" : "second")} term");
            Assert.IsNull(constant.Gradient, "a constant has no gradient");
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(5, 331)]
    [DataRow(9, 64)]
    public void CombineImagesMatchesTheReference(int n, int size)
    {
        AssertMatchesReference(run => SelfTestElementwise.CombineImages(run, n, size, two: true));
        AssertMatchesReference(run => SelfTestElementwise.CombineImages(run, n, size, two: false));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(9_001)]
    public void ApproachMatchesTheReference(int count) => AssertMatchesReference(run => SelfTestElementwise.Approach(run, count));

    [TestMethod]
    public void CombineImagesOfOneTensorTwiceAddsItsGradients()
    {
        const int n = 3, size = 35;
        float[] hx = Integers(1, n * size), p = [1, -2, 0], q = [3, 0.5f, -1], hg = Integers(2, n * size);
        var x = Input(hx, n, size);
        var y = Tape.CombineImages(x, x, p, q);
        AssertExact([.. hx.Select((v, i) => (double)(p[i / size] + q[i / size]) * v)], y, "weighted sum");
        Backward(y, hg);
        AssertExact([.. hg.Select((v, i) => (double)(p[i / size] + q[i / size]) * v)], x.Gradient!, "gradient");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4097)]
    public void FillWritesEveryElementAndNoOther(int count)
    {
        // Kernels want parts of tensors to start where sixteen bytes do.
        var y = Tape.From(new float[count + 6], count + 6);
        Elementwise.Fill(new Tensor(Device, [count], y.View.SubView(4, count)), 7f);
        AssertExact([0, 0, 0, 0, .. Enumerable.Repeat(7.0, count), 0, 0], y, "filled part of a tensor");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 331)]
    [DataRow(2, 64)]
    public void SixteenBitsGiveTheRoundedResult(int rows, int columns)
    {
        int[] shape = [rows, columns];
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Add(x[0], x[1]), shape, shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.AddScaled(x[0], x[1], 0.7f), shape, shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Silu(x[0]), shape);
        float[] p = [.. Numbers(1, rows)], q = [.. Numbers(2, rows)];
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.CombineImages(x[0], x[1], p, q), shape, shape);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.CombineImages(x[0], null, p, default), shape);
    }

    [TestMethod]
    public void SixteenBitsAreFilledAndMoved()
    {
        const int count = 4_099;
        Tensor x = Tape.New(TensorStorage.BFloat16, count), y = Tape.New(TensorStorage.BFloat16, count);
        Elementwise.Fill(x, 3f);
        Elementwise.Fill(y, 1f);
        Elementwise.Approach(x, y, 0.25f);
        AssertExact([.. Enumerable.Repeat(1.5, count)], y, "a quarter of the way from 1 to 3");
    }
}

[TestClass]
public sealed class ElementwiseTestsCpu : ElementwiseTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ElementwiseTestsOpenCL : ElementwiseTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ElementwiseTestsOpenCLCooperative : ElementwiseTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ElementwiseTestsCuda : ElementwiseTests
{
    protected override string Spec => Cuda;
}
