using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Linear layers.</summary>
public abstract class LinearTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(5, 12, 9)]
    [DataRow(33, 72, 40)]
    [DataRow(7, 3, 65)]
    [DataRow(64, 5, 3)]
    [DataRow(2, 1, 20)]
    [DataRow(1, 128, 96)]
    public void MatchesTheReference(int rows, int inF, int outF)
    {
        AssertMatchesReference(run => SelfTestAttention.Linear(run, rows, inF, outF));
        AssertMatchesReference(run => SelfTestAttention.Linear(run, rows, inF, outF, useBias: false));
    }

    [TestMethod]
    public void WholeNumbersAreExact()
    {
        const int rows = 19, inF = 37, outF = 41;
        float[] hx = Integers(1, rows * inF), hw = Integers(2, inF * outF), hb = Integers(3, outF), hg = Integers(4, rows * outF);
        Tensor x = Input(hx, rows, inF), weight = Parameter(hw, inF, outF), bias = Parameter(hb, outF);

        var y = Tape.Linear(x, weight, bias);
        double[] dx = Widen(hx), dw = Widen(hw), dy = Widen(hg);
        AssertExact(ReferenceLinear.Forward(dx, dw, Widen(hb), rows, inF, outF), y, "output");
        Backward(y, hg);
        AssertExact(ReferenceLinear.InputGradient(dy, dw, rows, inF, outF), x.Gradient!, "gradient of input");
        AssertExact(ReferenceLinear.WeightGradient(dx, dy, rows, inF, outF), weight.Gradient!, "gradient of weights");
        AssertExact(ReferenceLinear.BiasGradient(dy, outF), bias.Gradient!, "gradient of bias");
    }

    [TestMethod]
    public void ALayerUsedTwiceGetsTheSumOfItsGradients()
    {
        const int rows = 3, size = 11;
        float[] hx = Integers(1, rows * size), hw = Integers(2, size * size), hg = Integers(3, rows * size);
        Tensor x = Input(hx, rows, size), weight = Parameter(hw, size, size);

        var middle = Tape.Linear(x, weight, null);
        var hm = Widen(middle.ToArray());
        Backward(Tape.Linear(middle, weight, null), hg);
        double[] dy = Widen(hg), dw = Widen(hw);
        var dm = ReferenceLinear.InputGradient(dy, dw, rows, size, size);
        var first = ReferenceLinear.WeightGradient(Widen(hx), dm, rows, size, size);
        var second = ReferenceLinear.WeightGradient(hm, dy, rows, size, size);
        AssertExact([.. first.Zip(second, (a, b) => a + b)], weight.Gradient!, "gradient of weights");
        AssertExact(ReferenceLinear.InputGradient(dm, dw, rows, size, size), x.Gradient!, "gradient of input");
    }
}

[TestClass]
public sealed class LinearTestsCpu : LinearTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class LinearTestsOpenCL : LinearTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class LinearTestsCuda : LinearTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class LinearTestsOpenCLCooperative : LinearTests
{
    protected override string Spec => OpenCLCooperative;
}
