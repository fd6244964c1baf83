using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Each variant of the cooperative convolutions: tiles, ways to access channels, and storages.</summary>
public abstract class CooperativeConvolutionTests : OperationTestBase
{
    public static IEnumerable<object[]> Variants =>
        from tile in Enum.GetValues<ProductTile>()
        where tile != ProductTile.Auto
        select new object[] { tile };

    [TestMethod]
    [DynamicData(nameof(Variants))]
    public void AVariantMatchesTheReference(ProductTile tile)
    {
        using var forced = new ForcedTile(Device, tile);
        foreach (var kernel in new[] { 1, 3 })
        {
            AssertMatchesReference(run => SelfTestConvolution.Convolve(run, 3, 7, 11, 20, 36, kernel, epilogue: true));
            AssertMatchesReference(run => SelfTestConvolution.Convolve(run, 1, 13, 3, 140, 132, kernel, epilogue: false));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Variants))]
    public void AVariantReadsAndWritesJoinedTensors(ProductTile tile)
    {
        const int n = 2, h = 5, w = 6, a = 12, b = 24, outC = 8;
        float[] first = Integers(1, n * h * w * a), second = Integers(2, n * h * w * b), kernel = Integers(3, 9 * (a + b) * outC);
        var gradient = Integers(4, n * h * w * outC);
        Tensor x = Input(first, n, h, w, a), y = Input(second, n, h, w, b), weight = Parameter(kernel, 3, 3, a + b, outC);
        Backward(Tape.Convolve(Tape.Concatenate(x, y), weight, null), gradient);
        float[][] once = [x.Gradient!.ToArray(), y.Gradient!.ToArray(), weight.Gradient!.ToArray()];
        int[] times = [1, 1, 1];

        using var forced = new ForcedTile(Device, tile);
        foreach (var (wantsFirst, wantsSecond) in new[] { (true, true), (true, false), (false, true) })
        {
            x.RequiresGradient = wantsFirst;
            y.RequiresGradient = wantsSecond;
            Backward(Tape.Convolve(new Joined(x, y), weight, null), gradient);
            times = [times[0] + (wantsFirst ? 1 : 0), times[1] + (wantsSecond ? 1 : 0), times[2] + 1];
            Tensor[] sums = [x.Gradient, y.Gradient, weight.Gradient];
            for (var i = 0; i < sums.Length; i++)
            {
                CollectionAssert.AreEqual(Array.ConvertAll(once[i], g => g * times[i]), sums[i].ToArray(), $"gradient {i}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Variants))]
    public void AVariantRoundsNarrowResultsOfTheSameSums(ProductTile tile)
    {
        using var forced = new ForcedTile(Device, tile);
        var wide = Run(TensorStorage.Float32);
        var narrow = Run(TensorStorage.BFloat16);
        CollectionAssert.AreEqual(Array.ConvertAll(wide.Output, Rounded), narrow.Output, "output");
        CollectionAssert.AreEqual(Array.ConvertAll(wide.Input, Rounded), narrow.Input, "gradient of input");
        CollectionAssert.AreEqual(wide.Weights, narrow.Weights, "gradient of weights");

        (float[] Output, float[] Input, float[] Weights) Run(TensorStorage storage)
        {
            Tensor x = Stored(1, 2, 9, 8, 20), weight = Parameter(Numbers(2, 9 * 20 * 36), 3, 3, 20, 36);
            x.RequiresGradient = true;
            var y = Tape.Convolve(x, weight, null, null, Stored(3, 2, 9, 8, 36), 0.7f);
            var output = y.ToArray();
            Tape.Backward(y, Stored(4, 2, 9, 8, 36));
            return (output, x.Gradient!.ToArray(), weight.Gradient!.ToArray());

            Tensor Stored(int seed, params int[] shape)
            {
                var tensor = Tape.New(storage, shape);
                tensor.Upload(Array.ConvertAll(Numbers(seed, tensor.Length), Rounded));
                return tensor;
            }
        }
    }

    private static float Rounded(float value) => BFloat16.Widen(BFloat16.Round(value));

    [TestMethod]
    [DynamicData(nameof(Variants))]
    public void AnImagesResultIsTheSameInAnyBatchAndAnyRun(ProductTile tile)
    {
        const int n = 7, h = 5, w = 3, inC = 24, outC = 40;
        float[] x = Numbers(1, n * h * w * inC), gradient = Numbers(3, n * h * w * outC);
        var weight = Parameter(Numbers(2, 9 * inC * outC), 3, 3, inC, outC);
        using var forced = new ForcedTile(Device, tile);
        var all = Run(0, n);
        var again = Run(0, n);
        CollectionAssert.AreEqual(all.Weights, again.Weights, "gradient of the weights, bit for bit");
        var (output, input) = (h * w * outC, h * w * inC);
        for (var image = 0; image < n; image++)
        {
            var one = Run(image, 1);
            CollectionAssert.AreEqual(all.Output.AsSpan(image * output, output).ToArray(), one.Output, "output, bit for bit");
            CollectionAssert.AreEqual(all.Input.AsSpan(image * input, input).ToArray(), one.Input, "gradient of input, bit for bit");
        }

        (float[] Output, float[] Input, float[] Weights) Run(int image, int count)
        {
            Elementwise.Fill(weight.Gradient!, 0f);
            var part = Input(x.AsSpan(image * h * w * inC, count * h * w * inC).ToArray(), count, h, w, inC);
            var y = Tape.Convolve(part, weight, null);
            var result = y.ToArray();
            Backward(y, gradient.AsSpan(image * h * w * outC, count * h * w * outC).ToArray());
            return (result, part.Gradient!.ToArray(), weight.Gradient!.ToArray());
        }
    }
}

[TestClass]
[TestCategory("Slow")]
public sealed class CooperativeConvolutionTestsOpenCLCooperative : CooperativeConvolutionTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class CooperativeConvolutionTestsCuda : CooperativeConvolutionTests
{
    protected override string Spec => Cuda;
}
