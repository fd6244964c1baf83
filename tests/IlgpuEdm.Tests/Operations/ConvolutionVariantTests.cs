using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Each method of convolution at each layer shape of the networks whose speed is measured, against the host in float64.</summary>
public abstract class ConvolutionVariantTests : OperationTestBase
{
    private const double Tolerance = 5e-6;
    private const float Scale = 0.7f;

    // Groups of threads know one method only.
    private IReadOnlyList<ConvolutionMethod> Methods => Device.IsCooperative ? [ConvolutionMethod.Auto] : ForcedConvolution.Methods;

    public static IEnumerable<object[]> AllLayers => ReferenceLayers.All;

    public static IEnumerable<object[]> SmallLayers => ReferenceLayers.Small;

    public static IEnumerable<object[]> LargeLayers => ReferenceLayers.Large;

    [TestMethod]
    [DynamicData(nameof(SmallLayers))]
    public void EachMethodMatchesTheReference(int h, int w, int inC, int outC)
    {
        foreach (var method in Methods)
        {
            using var forced = new ForcedConvolution(Device, method);
            AssertMatchesReference(run => SelfTestConvolution.Convolve(run, 1, h, w, inC, outC, 3, epilogue: true));
        }
    }

    [TestMethod]
    [DynamicData(nameof(LargeLayers))]
    public void EachMethodMatchesASampleOfTheReference(int h, int w, int inC, int outC)
    {
        var size = h * w * outC;
        float[] x = Numbers(1, h * w * inC), weight = Numbers(2, 9 * inC * outC), bias = Numbers(3, outC), shift = Numbers(4, outC);
        float[] residual = Numbers(5, size), gradient = Numbers(6, size);
        var host = new SampledConvolution(h, w, inC, outC);
        int[] outputs = Sample(size), inputs = Sample(x.Length), weights = Sample(weight.Length);
        double[][] expected =
        [
            [.. outputs.Select(i => (host.Output(x, weight, i) + bias[i % outC] + shift[i % outC] + residual[i]) * Scale)],
            [.. inputs.Select(i => host.InputGradient(gradient, weight, i) * Scale)],
            [.. weights.Select(i => host.WeightGradient(x, gradient, i) * Scale)],
        ];
        double[][]? first = null;
        foreach (var method in Methods)
        {
            using var forced = new ForcedConvolution(Device, method);
            var input = Input(x, 1, h, w, inC);
            Tensor kernel = Parameter(weight, 3, 3, inC, outC), biases = Parameter(bias, outC);
            var y = Tape.Convolve(input, kernel, biases, Tape.From(shift, 1, outC), Tape.From(residual, 1, h, w, outC), Scale);
            var output = Widen(y.ToArray());
            Backward(y, gradient);
            double[][] actual = [output, Widen(input.Gradient!.ToArray()), Widen(kernel.Gradient!.ToArray())];
            AssertClose($"output, {method}", Picked(actual[0], outputs), expected[0]);
            AssertClose($"gradient of input, {method}", Picked(actual[1], inputs), expected[1]);
            AssertClose($"gradient of weights, {method}", Picked(actual[2], weights), expected[2]);
            AssertClose($"gradient of bias, {method}", Widen(biases.Gradient!.ToArray()), BiasGradient(gradient, outC));

            // What no sample meets must at least agree; equal bits would mean that one method was not run.
            for (var i = 0; first != null && i < actual.Length; i++)
            {
                AssertClose($"result {i} of both methods", actual[i], first[i]);
                CollectionAssert.AreNotEqual(first[i], actual[i], $"result {i} of both methods");
            }

            first ??= actual;
        }
    }

    [TestMethod]
    [DynamicData(nameof(AllLayers))]
    public void MomentsGatheredOnTheWayNormalizeTheOutput(int h, int w, int inC, int outC)
    {
        const float epsilon = 1e-6f;
        var groups = outC % 4 == 0 ? Math.Min(32, outC / 4) : 1;
        float[] ones = [.. Enumerable.Repeat(1f, outC)], zeros = new float[outC];
        var x = Tape.From(Numbers(1, h * w * inC), 1, h, w, inC);
        Tensor weight = Tape.From(Numbers(2, 9 * inC * outC), 3, 3, inC, outC), shift = Tape.From(Numbers(3, outC), 1, outC);
        Tensor gamma = Tape.From(ones, outC), beta = Tape.From(zeros, outC);
        foreach (var method in Methods)
        {
            using var forced = new ForcedConvolution(Device, method);
            var y = Convolution.Apply(Tape, x, null, weight, null, shift, null, Scale, moments: true);
            Assert.AreEqual(!Device.IsCooperative, y.Moments != null, "whether moments are gathered: the fat schedule's strips do");
            var normal = Tape.Normalize(y, gamma, beta, groups, epsilon, silu: false);
            var expected = ReferenceGroupNorm.Forward(
                Widen(y.ToArray()), Widen(ones), Widen(zeros), 1, h * w, outC, groups, epsilon, silu: false);
            AssertClose($"normalised output, {method}", Widen(normal.ToArray()), expected);
        }
    }

    private static double[] BiasGradient(float[] gradient, int outC) =>
        ReferenceConvolution.BiasGradient(Array.ConvertAll(gradient, g => (double)g * Scale), outC);

    private static int[] Sample(int length)
    {
        var random = new Random(length);
        return [0, length - 1, .. Enumerable.Range(0, 200).Select(_ => random.Next(length))];
    }

    private static double[] Picked(double[] values, int[] indices) => Array.ConvertAll(indices, i => values[i]);

    private static void AssertClose(string what, double[] actual, double[] expected) =>
        GoldenFile.AssertClose(actual, expected, Tolerance, what);
}

[TestClass]
public sealed class ConvolutionVariantTestsCpu : ConvolutionVariantTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ConvolutionVariantTestsOpenCL : ConvolutionVariantTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ConvolutionVariantTestsCuda : ConvolutionVariantTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ConvolutionVariantTestsOpenCLCooperative : ConvolutionVariantTests
{
    protected override string Spec => OpenCLCooperative;
}
