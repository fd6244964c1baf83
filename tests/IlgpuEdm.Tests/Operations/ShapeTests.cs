using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Operations refuse tensors that do not fit, rather than read past their ends.</summary>
[TestClass]
public sealed class ShapeTests : OperationTestBase
{
    protected override string Spec => Cpu;

    [TestMethod]
    public void TheMessageGivesRuleAndShapes()
    {
        var e = Assert.ThrowsExactly<ArgumentException>(() => Tape.Linear(Zeros(2, 3), Zeros(4, 5), null), "3 inputs, weights for 4");
        StringAssert.Contains(e.Message, "[2, 3] and [4, 5] do not fit", "shapes");
        StringAssert.Contains(e.Message, "x.Size(1) == weight.Size(0)", "rule");
    }

    [TestMethod]
    public void ConvolutionsCheckEachTensor()
    {
        var x = Zeros(2, 4, 4, 3);
        var weight = Zeros(3, 3, 3, 5);
        Refused(() => Tape.Convolve(x, Zeros(3, 3, 4, 5), null), "weights of other channels");
        Refused(() => Tape.Convolve(x, Zeros(5, 5, 3, 5), null), "a 5x5 kernel");
        Refused(() => Tape.Convolve(x, Zeros(3, 1, 3, 5), null), "a 3x1 kernel");
        Refused(() => Tape.Convolve(x, weight, Zeros(4)), "a short bias");
        Refused(() => Tape.Convolve(x, weight, null, shift: Zeros(1, 5)), "a shift of one image");
        Refused(() => Tape.Convolve(x, weight, null, residual: Zeros(2, 4, 4, 3)), "a residual of other channels");
    }

    [TestMethod]
    public void OtherOperationsCheckTheirTensors()
    {
        var x = Zeros(2, 4, 4, 6);
        Refused(() => Tape.Add(x, Zeros(2, 4, 4, 5)), "a sum of different shapes");
        Refused(() => Tape.AddScaled(x, Zeros(2, 4, 4, 5), 1f), "a scaled sum of different shapes");
        Refused(() => Tape.Concatenate(x, Zeros(2, 4, 2, 6)), "images of different sizes");
        Refused(() => Tape.CombineImages(x, x, [1f, 2f], [1f]), "one factor for two images");
        Refused(() => Tape.Normalize(x, Zeros(6), Zeros(3), 3, 1e-6f, silu: false), "a short beta");
        Refused(() => Tape.Normalize(x, Zeros(6), Zeros(6), 4, 1e-6f, silu: false), "groups that do not divide the channels");
        Refused(() => Tape.NormalizeAdaptive(x, Zeros(6), Zeros(6), Zeros(2, 6), 3, 1e-6f), "scales without shifts");
        Refused(() => Tape.NormalizeAdaptive(x, Zeros(6), Zeros(6), Zeros(1, 12), 3, 1e-6f), "scales of one image");
        Refused(() => Tape.Attend(x, heads: 4), "heads that do not divide the channels");
        Refused(() => Tape.Downsample(Zeros(1, 3, 4, 2)), "an odd number of rows");
        Refused(() => Tape.Downsample(Zeros(1, 4, 3, 2), [1, 3, 3, 1]), "an odd number of columns");
        Refused(() => Tape.ConvolveDown(Zeros(1, 4, 3, 2), Zeros(3, 3, 2, 2), null, [1, 3, 3, 1]), "an odd number of columns to convolve");
        Refused(() => Tape.WeightedSquaredError(x, Zeros(2, 4, 4, 3), [1f, 1f], 1f), "targets of other channels");
        Refused(() => Tape.Backward(x, Zeros(2, 4, 4, 3)), "a gradient of another shape");
    }

    [TestMethod]
    [DataRow(new int[0])]
    [DataRow(new[] { 1 })]
    [DataRow(new[] { 1, 2, 1 })]
    [DataRow(new[] { 1, -1 })]
    public void ResamplingRefusesFiltersThatCannotResample(int[] filter)
    {
        Tensor x = Zeros(1, 4, 4, 2), weight = Zeros(1, 1, 2, 2);
        Refused(() => Tape.Upsample(x, filter), "up");
        Refused(() => Tape.Downsample(x, filter), "down");
        Refused(() => Tape.ConvolveUp(x, weight, null, filter), "convolution up");
        Refused(() => Tape.ConvolveDown(x, weight, null, filter), "convolution down");
    }

    [TestMethod]
    [DataRow(-0.1f)]
    [DataRow(1f)]
    [DataRow(float.NaN)]
    public void DropoutRefusesWhatIsNoProbability(float rate) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Tape.Drop(Zeros(1, 4), rate, 0), "rate");

    [TestMethod]
    [DataRow(3, false)]
    [DataRow(2, true)]
    public void EmbeddingsRefuseTooFewChannels(int channels, bool endpoint) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Tape.PositionalEmbedding([1f], channels, endpoint, false), "channels");

    private Tensor Zeros(params int[] shape) => Tape.From(new float[shape.Aggregate((a, b) => a * b)], shape);

    private static void Refused(Action action, string what) => Assert.ThrowsExactly<ArgumentException>(action, what);
}
