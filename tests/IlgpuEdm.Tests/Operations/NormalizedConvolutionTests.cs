using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// A norm applied while a convolution loads its input, which may lie in two tensors, against the three operations one after the other.
/// </summary>
public abstract class NormalizedConvolutionTests : OperationTestBase
{
    private const double Tolerance = 1e-5;
    private const float Epsilon = 1e-6f;

    // Height, width, channels of the first and second tensor (0: there is one only), groups, output channels.
    public static IEnumerable<object[]> Cases =>
    [
        [8, 8, 16, 0, 4, 16], [5, 7, 20, 12, 8, 24], [7, 3, 16, 48, 16, 33], [9, 6, 5, 3, 2, 3], [1, 9, 24, 8, 8, 16],
        [37, 5, 40, 72, 28, 8], [3, 2, 33, 0, 11, 20],
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void ItEqualsItsParts(int h, int w, int a, int b, int groups, int outC) =>
        Each((method, kernel, silu, adaptive) =>
        {
            var fused = Run(method, new(h, w, a, b, groups, outC, kernel, silu, adaptive), fused: true);
            var parts = Run(ConvolutionMethod.Direct, new(h, w, a, b, groups, outC, kernel, silu, adaptive), fused: false);
            AssertClose(parts, fused, $"{method}, {kernel}x{kernel}, SiLU {silu}, adaptive {adaptive}");
        });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void WithoutANormJoinedInputsAreRead(int h, int w, int a, int b, int groups, int outC)
    {
        foreach (var method in ForcedConvolution.Methods)
        {
            foreach (var kernel in new[] { 1, 3 })
            {
                var layer = new Layer(h, w, a, b, groups, outC, kernel, Silu: false, Adaptive: false, Norm: false);
                var parts = Run(ConvolutionMethod.Direct, layer, fused: false);
                AssertClose(parts, Run(method, layer, fused: true), $"{method}, {kernel}x{kernel}");
            }
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(12)]
    public void EachImagesOutputIsTheSameInAnyBatch(int b)
    {
        const int n = 5, h = 6, w = 7, a = 20, outC = 35;
        float[] first = Numbers(1, n * h * w * a), second = Numbers(2, n * h * w * b), scales = Numbers(3, n * 2 * (a + b));
        Tensor gamma = Parameter(Numbers(4, a + b), a + b), beta = Parameter(Numbers(5, a + b), a + b);
        var weight = Parameter(Numbers(6, 9 * (a + b) * outC), 3, 3, a + b, outC);
        foreach (var method in ForcedConvolution.Methods)
        {
            using var forced = new ForcedConvolution(Device, method);
            var all = Convolved(0, n);
            for (var image = 0; image < n; image++)
            {
                var one = Convolved(image, 1);
                CollectionAssert.AreEqual(
                    all.AsSpan(image * one.Length, one.Length).ToArray(), one, $"image {image}, bit for bit, {method}");
            }
        }

        float[] Convolved(int image, int count)
        {
            Tensor Part(float[] values, params int[] shape)
            {
                var size = values.Length / n;
                return Tape.From(values.AsSpan(image * size, count * size), [count, .. shape]);
            }

            var x = new Joined(Part(first, h, w, a), b == 0 ? null : Part(second, h, w, b));
            var norm = new GroupNormOptions(gamma, beta, 4, Epsilon, Silu: true, Part(scales, 2 * (a + b)));
            return Tape.NormalizeConvolve(x, norm, weight, null).ToArray();
        }
    }

    private static void Each(Action<ConvolutionMethod, int, bool, bool> check)
    {
        foreach (var method in ForcedConvolution.Methods)
        {
            foreach (var kernel in new[] { 1, 3 })
            {
                check(method, kernel, false, false);
                check(method, kernel, true, false);
                check(method, kernel, false, true);
                check(method, kernel, true, true);
            }
        }
    }

    // The output, then all gradients. Where SiLU is left out, so are shift, residual and scale.
    private List<(string Name, float[] Values)> Run(ConvolutionMethod method, Layer layer, bool fused)
    {
        const int n = 3;
        var (h, w, a, b, groups, outC, k, silu, adaptive, normalized) = layer;
        int c = a + b, pixels = n * h * w;
        using var forced = new ForcedConvolution(Device, method);
        var first = Input(Numbers(1, pixels * a), n, h, w, a);
        var second = b == 0 ? null : Input(Numbers(2, pixels * b), n, h, w, b);
        Tensor gamma = Parameter(Numbers(3, c), c), beta = Parameter(Numbers(4, c), c);
        Tensor weight = Parameter(Numbers(5, k * k * c * outC), k, k, c, outC), bias = Parameter(Numbers(6, outC), outC);
        var scaleShift = adaptive ? Input(Numbers(7, n * 2 * c), n, 2 * c) : null;
        var shift = silu ? Input(Numbers(8, n * outC), n, outC) : null;
        var residual = silu ? Input(Numbers(9, pixels * outC), n, h, w, outC) : null;
        var scale = silu ? 0.7f : 1f;
        var norm = new GroupNormOptions(gamma, beta, groups, Epsilon, silu, scaleShift);
        Tensor y;
        if (fused)
        {
            var x = new Joined(first, second);
            y = normalized ? Tape.NormalizeConvolve(x, norm, weight, bias, shift, residual, scale)
                : Tape.Convolve(x, weight, bias, shift, residual, scale);
        }
        else
        {
            var whole = second == null ? first : Tape.Concatenate(first, second);
            y = Tape.Convolve(normalized ? Tape.Normalize(whole, norm) : whole, weight, bias, shift, residual, scale);
        }

        List<(string, float[])> results = [("output", y.ToArray())];
        Backward(y, Numbers(10, pixels * outC));
        (string, Tensor?)[] inputs =
        [
            ("first input", first), ("second input", second), ("weights", weight), ("bias", bias), ("the norm's scale", gamma),
            ("the norm's shift", beta), ("each image's scale and shift", scaleShift), ("shift", shift), ("residual", residual),
        ];
        results.AddRange(inputs.Where(i => i.Item2 != null).Select(i => ($"gradient of {i.Item1}", i.Item2!.Gradient!.ToArray())));
        return results;
    }

    private static void AssertClose(List<(string Name, float[] Values)> expected, List<(string Name, float[] Values)> actual, string what)
    {
        foreach (var (e, a) in expected.Zip(actual))
        {
            GoldenFile.AssertClose(a.Values, e.Values, Tolerance, $"{e.Name}, {what}");
        }
    }

    private sealed record Layer(
        int Height, int Width, int First, int Second, int Groups, int Out, int Kernel, bool Silu, bool Adaptive, bool Norm = true);
}

[TestClass]
public sealed class NormalizedConvolutionTestsCpu : NormalizedConvolutionTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class NormalizedConvolutionTestsOpenCL : NormalizedConvolutionTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class NormalizedConvolutionTestsCuda : NormalizedConvolutionTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class NormalizedConvolutionTestsOpenCLCooperative : NormalizedConvolutionTests
{
    protected override string Spec => OpenCLCooperative;
}
