using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// 3x3 convolution by F(2x2, 3x3): small whole numbers, of which it computes no fraction finer than a quarter, come out exact.
/// </summary>
public abstract class WinogradConvolutionTests : OperationTestBase
{
    public static IEnumerable<object[]> Cases =>
    [
        [1, 1, 1, 1, 1], [2, 5, 7, 1, 3], [3, 1, 3, 3, 1], [1, 3, 1, 16, 20], [2, 4, 4, 20, 16], [5, 2, 6, 40, 72], [1, 9, 5, 72, 40],
        [2, 3, 8, 16, 48], [3, 7, 6, 3, 33],
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheForwardPassIsExact(int n, int h, int w, int inC, int outC)
    {
        float[] hx = Integers(1, n * h * w * inC), hw = Integers(2, 9 * inC * outC);
        var y = Tape.New(n, h, w, outC);
        Forward(
            Tape.From(hx, n, h, w, inC), Tape.From(hw, 3, 3, inC, outC), null, null, null, y, Shape(n, h, w, inC, outC),
            turned: false, 1f, accumulate: 0);
        AssertExact(ReferenceConvolution.Forward(Widen(hx), Widen(hw), new double[outC], n, h, w, inC, outC, 3), y, "output");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AllThatIsFusedIntoItIsExact(int n, int h, int w, int inC, int outC)
    {
        var size = n * h * w * outC;
        float[] hx = Integers(1, n * h * w * inC), hw = Integers(2, 9 * inC * outC), hb = Integers(3, outC), hs = Integers(4, n * outC);
        float[] hr = Integers(5, size), hy = Integers(6, size);
        var y = Tape.From(hy, n, h, w, outC);
        Forward(
            Tape.From(hx, n, h, w, inC), Tape.From(hw, 3, 3, inC, outC), Tape.From(hb, outC), Tape.From(hs, n, outC),
            Tape.From(hr, n, h, w, outC), y, Shape(n, h, w, inC, outC), turned: false, 0.5f, accumulate: 1);
        var sums = ReferenceConvolution.Forward(Widen(hx), Widen(hw), Widen(hb), n, h, w, inC, outC, 3);
        AssertExact([.. sums.Select((sum, i) => 0.5 * (sum + hs[i / (size / n) * outC + i % outC] + hr[i]) + hy[i])], y, "output");
    }

    [TestMethod]
    public void AShiftNeedsNoBias()
    {
        const int n = 2, h = 3, w = 4, c = 5, outC = 18;
        float[] hx = Integers(1, n * h * w * c), hw = Integers(2, 9 * c * outC), hs = Integers(4, n * outC);
        var y = Tape.New(n, h, w, outC);
        Forward(
            Tape.From(hx, n, h, w, c), Tape.From(hw, 3, 3, c, outC), null, Tape.From(hs, n, outC), null, y, Shape(n, h, w, c, outC),
            turned: false, 1f, accumulate: 0);
        var sums = ReferenceConvolution.Forward(Widen(hx), Widen(hw), new double[outC], n, h, w, c, outC, 3);
        AssertExact([.. sums.Select((sum, i) => sum + hs[i / (h * w * outC) * outC + i % outC])], y, "output");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheInputsGradientIsExact(int n, int h, int w, int inC, int outC)
    {
        float[] hg = Integers(1, n * h * w * outC), hw = Integers(2, 9 * inC * outC), before = Integers(3, n * h * w * inC);
        var dx = Tape.From(before, n, h, w, inC);
        Forward(
            Tape.From(hg, n, h, w, outC), Tape.From(hw, 3, 3, inC, outC), null, null, null, dx, Shape(n, h, w, outC, inC),
            turned: true, 1f, accumulate: 1);
        var gradient = ReferenceConvolution.InputGradient(Widen(hg), Widen(hw), n, h, w, inC, outC, 3);
        AssertExact([.. gradient.Zip(before, (g, b) => g + b)], dx, "gradient of input");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheGradientsOfWeightsAndBiasAreExact(int n, int h, int w, int inC, int outC)
    {
        float[] hx = Integers(1, n * h * w * inC), hg = Integers(2, n * h * w * outC);
        float[] weightsBefore = Integers(3, 9 * inC * outC), biasBefore = Integers(4, outC);
        Tensor dWeight = Tape.From(weightsBefore, 3, 3, inC, outC), dBias = Tape.From(biasBefore, outC);
        WeightGradient(
            Tape.From(hx, n, h, w, inC), Tape.From(hg, n, h, w, outC), dWeight, dBias, Shape(n, h, w, inC, outC));
        var weights = ReferenceConvolution.WeightGradient(Widen(hx), Widen(hg), n, h, w, inC, outC, 3);
        AssertExact([.. weights.Zip(weightsBefore, (g, b) => g + b)], dWeight, "gradient of weights");
        AssertExact([.. ReferenceConvolution.BiasGradient(Widen(hg), outC).Zip(biasBefore, (g, b) => g + b)], dBias, "gradient of bias");
    }

    [TestMethod]
    public void ManySlicesStripsAndBlocksOfChannelsAreExact()
    {
        const int n = 11, h = 21, w = 19, inC = 130, outC = 3;
        float[] hx = Integers(1, n * h * w * inC), hg = Integers(2, n * h * w * outC), hw = Integers(3, 9 * inC * outC);
        Tensor x = Tape.From(hx, n, h, w, inC), dy = Tape.From(hg, n, h, w, outC), weight = Tape.From(hw, 3, 3, inC, outC);
        Tensor y = Tape.New(n, h, w, outC), dWeight = Tape.From(new float[hw.Length], 3, 3, inC, outC);
        Forward(x, weight, null, null, null, y, Shape(n, h, w, inC, outC), turned: false, 1f, accumulate: 0);
        WeightGradient(x, dy, dWeight, null, Shape(n, h, w, inC, outC));
        AssertExact(ReferenceConvolution.Forward(Widen(hx), Widen(hw), new double[outC], n, h, w, inC, outC, 3), y, "output");
        AssertExact(ReferenceConvolution.WeightGradient(Widen(hx), Widen(hg), n, h, w, inC, outC, 3), dWeight, "gradient of weights");
    }

    // Relative to the largest value; the direct sum, which is nine times as long, is twice as far off in the output.
    [TestMethod]
    public void RoundingStaysWithinAFewUnitsOfTheLastPlace()
    {
        const int n = 2, h = 8, w = 8, c = 256;
        float[] hx = Numbers(1, n * h * w * c), hw = Numbers(2, 9 * c * 32), hg = Numbers(3, n * h * w * 32);
        Tensor x = Tape.From(hx, n, h, w, c), weight = Tape.From(hw, 3, 3, c, 32), y = Tape.New(n, h, w, 32);
        var dWeight = Tape.From(new float[hw.Length], 3, 3, c, 32);
        Forward(x, weight, null, null, null, y, Shape(n, h, w, c, 32), turned: false, 1f, accumulate: 0);
        WeightGradient(x, Tape.From(hg, n, h, w, 32), dWeight, null, Shape(n, h, w, c, 32));
        var expected = ReferenceConvolution.Forward(Widen(hx), Widen(hw), new double[32], n, h, w, c, 32, 3);
        Assert.IsLessThan(2e-6, Error(expected, y), "output");
        expected = ReferenceConvolution.WeightGradient(Widen(hx), Widen(hg), n, h, w, c, 32, 3);
        Assert.IsLessThan(1e-6, Error(expected, dWeight), "gradient of weights");
    }

    [TestMethod]
    [DataRow(7, 6, 5)]
    [DataRow(19, 1, 2)]
    public void EachImagesOutputIsTheSameInAnyBatch(int n, int h, int w)
    {
        const int c = 18, outC = 35;
        float[] hx = Numbers(1, n * h * w * c), hw = Numbers(2, 9 * c * outC);
        var weight = Tape.From(hw, 3, 3, c, outC);
        var all = Tape.New(n, h, w, outC);
        Forward(
            Tape.From(hx, n, h, w, c), weight, null, null, null, all, Shape(n, h, w, c, outC), turned: false, 1f, accumulate: 0);
        var values = all.ToArray();
        for (var image = 0; image < n; image++)
        {
            var one = Tape.New(1, h, w, outC);
            Forward(
                Tape.From(hx.AsSpan(image * h * w * c, h * w * c), 1, h, w, c), weight, null, null, null, one, Shape(1, h, w, c, outC),
                turned: false, 1f, accumulate: 0);
            CollectionAssert.AreEqual(
                values.AsSpan(image * one.Length, one.Length).ToArray(), one.ToArray(), $"image {image}, bit for bit");
        }
    }

    private static void Forward(
        Tensor x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, Tensor y, ConvolutionShape shape, bool turned, float scale,
        int accumulate)
    {
        x.Device.Convolution = ConvolutionMethod.Winograd;
        ConvolutionLaunch.CutForward(ref shape, x.Device.Convolution);
        using var tape = new Tape(x.Device, recording: false);
        ConvolutionLaunch.Forward(tape, Plain(x), weight, y.View, shape, turned, new Epilogue
        {
            Bias = (bias ?? y).View,
            Shift = (shift ?? y).View,
            Residual = (residual ?? y).View,
            Gathered = y.View,
            UseBias = bias == null ? 0 : 1,
            UseShift = shift == null ? 0 : 1,
            UseResidual = residual == null ? 0 : 1,
            Accumulate = accumulate,
            Scale = scale,
        });
        x.Device.Convolution = ConvolutionMethod.Auto;
    }

    private static void WeightGradient(Tensor x, Tensor dy, Tensor dWeight, Tensor? dBias, ConvolutionShape shape)
    {
        x.Device.Convolution = ConvolutionMethod.Winograd;
        ConvolutionLaunch.WeightGradient(x.Device, Plain(x), dy.View, dWeight, dBias, shape, 1f);
        x.Device.Convolution = ConvolutionMethod.Auto;
    }

    private static ConvolutionInput Plain(Tensor x) =>
        new() { First = x.View, Second = x.View, Table = x.View, FirstChannels = x.Size(-1) };

    private static double Error(double[] expected, Tensor actual)
    {
        var largest = expected.Max(Math.Abs);
        return expected.Zip(actual.ToArray(), (e, a) => Math.Abs(a - e) / largest).Max();
    }

    internal static ConvolutionShape Shape(int n, int h, int w, int inC, int outC) =>
        new() { Batch = n, Height = h, Width = w, In = inC, Out = outC, Kernel = 3 };
}

[TestClass]
public sealed class WinogradRuleTests
{
    [TestMethod]
    [DataRow(32, 32, 16, 16, true)]
    [DataRow(2, 2, 8, 24, true)]
    [DataRow(1, 9, 64, 64, false)]
    [DataRow(9, 1, 64, 64, false)]
    [DataRow(32, 32, 3, 64, false)]
    [DataRow(32, 32, 64, 3, false)]
    [DataRow(32, 32, 20, 12, true)]
    [DataRow(32, 32, 18, 16, false)]
    [DataRow(32, 32, 4, 16, false)]
    public void ItPaysWhereChannelsFillVectors(int h, int w, int inC, int outC, bool pays) =>
        Assert.AreEqual(pays, WinogradConvolution.Serves(WinogradConvolutionTests.Shape(1, h, w, inC, outC), ConvolutionMethod.Auto));
}

[TestClass]
public sealed class WinogradConvolutionTestsCpu : WinogradConvolutionTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class WinogradConvolutionTestsOpenCL : WinogradConvolutionTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class WinogradConvolutionTestsCuda : WinogradConvolutionTests
{
    protected override string Spec => Cuda;
}
