using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Convolution with all that is fused into it.</summary>
public abstract class ConvolutionTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1, 1, 1, 1)]
    [DataRow(2, 3, 5, 1, 3)]
    [DataRow(1, 7, 3, 3, 5)]
    [DataRow(3, 4, 9, 5, 16)]
    [DataRow(2, 8, 8, 16, 20)]
    [DataRow(2, 5, 7, 20, 33)]
    [DataRow(1, 9, 2, 33, 40)]
    [DataRow(1, 6, 11, 40, 72)]
    [DataRow(2, 7, 1, 72, 17)]
    public void MatchesTheReference(int n, int h, int w, int inC, int outC)
    {
        foreach (var kernel in new[] { 1, 3 })
        {
            AssertMatchesReference(run => SelfTestConvolution.Convolve(run, n, h, w, inC, outC, kernel, epilogue: false));
        }
    }

    [TestMethod]
    [DataRow(2, 5, 7, 20, 33)]
    [DataRow(3, 8, 3, 16, 72)]
    [DataRow(19, 1, 1, 20, 33)]
    [DataRow(9, 1, 1, 5, 3)]
    public void MatchesTheReferenceWithShiftResidualAndScale(int n, int h, int w, int inC, int outC)
    {
        foreach (var kernel in new[] { 1, 3 })
        {
            AssertMatchesReference(run => SelfTestConvolution.Convolve(run, n, h, w, inC, outC, kernel, epilogue: true));
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(9)]
    public void ManyStripsAndSlicesMatchTheReference(int n) =>
        AssertMatchesReference(run => SelfTestConvolution.Convolve(run, n, 41, 13, 64, 3, 3, epilogue: false));

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void WholeNumbersAreExact(int kernel)
    {
        const int n = 2, h = 5, w = 6, inC = 19, outC = 21;
        float[] hx = Integers(1, n * h * w * inC), hw = Integers(2, kernel * kernel * inC * outC), hb = Integers(3, outC);
        var hg = Integers(4, n * h * w * outC);
        Tensor x = Input(hx, n, h, w, inC), weight = Parameter(hw, kernel, kernel, inC, outC), bias = Parameter(hb, outC);

        var y = Tape.Convolve(x, weight, bias);
        double[] dx = Widen(hx), dw = Widen(hw), dy = Widen(hg);
        AssertExact(ReferenceConvolution.Forward(dx, dw, Widen(hb), n, h, w, inC, outC, kernel), y, "output");
        Backward(y, hg);
        AssertExact(ReferenceConvolution.InputGradient(dy, dw, n, h, w, inC, outC, kernel), x.Gradient!, "gradient of input");
        AssertExact(ReferenceConvolution.WeightGradient(dx, dy, n, h, w, inC, outC, kernel), weight.Gradient!, "gradient of weights");
        AssertExact(ReferenceConvolution.BiasGradient(dy, outC), bias.Gradient!, "gradient of bias");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void ImagesOfOnePixelAreExact(int kernel)
    {
        const int n = 37, c = 11;
        float[] hx = Integers(1, n * c), hw = Integers(2, kernel * kernel * c * c), hg = Integers(3, n * c), hs = Integers(4, n * c);
        Tensor x = Input(hx, n, 1, 1, c), shift = Input(hs, n, c), weight = Parameter(hw, kernel, kernel, c, c);

        var y = Tape.Convolve(x, weight, null, shift, residual: x, scale: 0.5f);
        double[] dx = Widen(hx), dw = Widen(hw), dy = Array.ConvertAll(hg, g => 0.5 * g);
        var sums = ReferenceConvolution.Forward(dx, dw, new double[c], n, 1, 1, c, c, kernel);
        AssertExact([.. Enumerable.Range(0, n * c).Select(i => 0.5 * (sums[i] + dx[i] + hs[i]))], y, "output");
        Backward(y, hg);
        var gradient = ReferenceConvolution.InputGradient(dy, dw, n, 1, 1, c, c, kernel);
        AssertExact([.. gradient.Zip(dy, (g, r) => g + r)], x.Gradient!, "gradient of input");
        AssertExact(ReferenceConvolution.WeightGradient(dx, dy, n, 1, 1, c, c, kernel), weight.Gradient!, "gradient of weights");
        AssertExact(dy, shift.Gradient!, "gradient of shift");
    }

    [TestMethod]
    public void AnInputThatIsItsOwnResidualGetsBothGradients()
    {
        const int n = 2, h = 3, w = 5, c = 9;
        float[] hx = Integers(1, n * h * w * c), hw = Integers(2, 9 * c * c), hg = Integers(3, n * h * w * c);
        Tensor x = Input(hx, n, h, w, c), weight = Parameter(hw, 3, 3, c, c);

        var y = Tape.Convolve(x, weight, null, residual: x, scale: 0.5f);
        double[] dx = Widen(hx), dw = Widen(hw), dy = Array.ConvertAll(hg, g => 0.5 * g);
        var sums = ReferenceConvolution.Forward(dx, dw, new double[c], n, h, w, c, c, 3);
        AssertExact([.. sums.Zip(dx, (s, r) => 0.5 * (s + r))], y, "output");
        Backward(y, hg);
        var gradient = ReferenceConvolution.InputGradient(dy, dw, n, h, w, c, c, 3);
        AssertExact([.. gradient.Zip(dy, (g, r) => g + r)], x.Gradient!, "gradient of input");
    }

    [TestMethod]
    public void AnInputOfTwoConvolutionsGetsTheSumOfTheirGradients()
    {
        const int n = 1, h = 4, w = 3, c = 5, outC = 7;
        float[] hx = Integers(1, n * h * w * c), hg = Integers(4, n * h * w * outC);
        float[] hw1 = Integers(2, c * outC), hw3 = Integers(3, 9 * c * outC);
        Tensor x = Input(hx, n, h, w, c), w1 = Parameter(hw1, 1, 1, c, outC), w3 = Parameter(hw3, 3, 3, c, outC);

        var y = Tape.Convolve(x, w3, null, residual: Tape.Convolve(x, w1, null));
        Backward(y, hg);
        var dy = Widen(hg);
        var first = ReferenceConvolution.InputGradient(dy, Widen(hw1), n, h, w, c, outC, 1);
        var second = ReferenceConvolution.InputGradient(dy, Widen(hw3), n, h, w, c, outC, 3);
        AssertExact([.. first.Zip(second, (a, b) => a + b)], x.Gradient!, "gradient of input");
    }

    [TestMethod]
    [DataRow(5, 6, 7)]
    [DataRow(19, 1, 1)]
    public void EachImagesOutputIsTheSameInAnyBatch(int n, int h, int w)
    {
        const int c = 18, outC = 35;
        float[] hx = Numbers(1, n * h * w * c), hw = Numbers(2, 9 * c * outC), hb = Numbers(3, outC);
        Tensor weight = Parameter(hw, 3, 3, c, outC), bias = Parameter(hb, outC);
        var all = Tape.Convolve(Tape.From(hx, n, h, w, c), weight, bias).ToArray();
        for (var image = 0; image < n; image++)
        {
            var one = Tape.Convolve(Tape.From(hx.AsSpan(image * h * w * c, h * w * c), 1, h, w, c), weight, bias).ToArray();
            CollectionAssert.AreEqual(all.AsSpan(image * one.Length, one.Length).ToArray(), one, $"image {image}, bit for bit");
        }
    }
}

[TestClass]
public sealed class ConvolutionTestsCpu : ConvolutionTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ConvolutionTestsOpenCL : ConvolutionTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ConvolutionTestsCuda : ConvolutionTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ConvolutionTestsOpenCLCooperative : ConvolutionTests
{
    protected override string Spec => OpenCLCooperative;
}
