using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Group norm, with and without SiLU.</summary>
public abstract class GroupNormTests : OperationTestBase
{
    [TestMethod]
    [DataRow(3, 5, 6, 16, 4)]
    [DataRow(2, 7, 5, 48, 12)]
    [DataRow(2, 5, 7, 20, 5)]
    [DataRow(1, 9, 9, 33, 11)]
    [DataRow(3, 2, 3, 160, 32)]
    [DataRow(2, 1, 1, 8, 2)]
    [DataRow(5, 13, 3, 6, 1)]
    [DataRow(2, 37, 35, 12, 3)]
    [DataRow(1, 9, 15, 160, 32)]
    public void MatchesTheReference(int n, int h, int w, int c, int groups)
    {
        AssertMatchesReference(run => SelfTestNorm.Normalize(run, n, h, w, c, groups, silu: false));
        AssertMatchesReference(run => SelfTestNorm.Normalize(run, n, h, w, c, groups, silu: true));
    }

    [TestMethod]
    [DataRow(3, 5, 6, 16, 4)]
    [DataRow(2, 7, 5, 48, 12)]
    [DataRow(1, 9, 9, 33, 11)]
    [DataRow(2, 1, 1, 8, 2)]
    [DataRow(5, 13, 3, 6, 1)]
    public void TheAdaptiveOneMatchesTheReference(int n, int h, int w, int c, int groups) =>
        AssertMatchesReference(run => SelfTestNorm.NormalizeAdaptive(run, n, h, w, c, groups));

    [TestMethod]
    public void TheAdaptiveOneWithoutScaleAndShiftIsThePlainOneBitForBit()
    {
        const int n = 2, pixels = 35, c = 20;
        float[] hx = Numbers(1, n * pixels * c), hgamma = Numbers(2, c), hbeta = Numbers(3, c), hg = Numbers(4, hx.Length);
        List<float[]> results = [];
        foreach (var adaptive in new[] { false, true })
        {
            Tensor x = Input(hx, n, pixels, 1, c), gamma = Parameter(hgamma, c), beta = Parameter(hbeta, c);
            var y = adaptive
                ? Tape.NormalizeAdaptive(x, gamma, beta, Tape.From(new float[n * 2 * c], n, 2 * c), 5, 1e-5f)
                : Tape.Normalize(x, gamma, beta, 5, 1e-5f, silu: true);
            var output = y.ToArray();
            Backward(y, hg);
            results.Add([.. output, .. x.Gradient!.ToArray(), .. gamma.Gradient!.ToArray(), .. beta.Gradient!.ToArray()]);
        }

        CollectionAssert.AreEqual(results[0], results[1], "output and gradients of the plain and the adaptive norm");
    }

    [TestMethod]
    [DataRow(35, 8, 2)]
    [DataRow(1100, 6, 2)]
    public void AMeanFarFromZeroCostsLittlePrecision(int pixels, int c, int groups)
    {
        // Mean of squares minus square of the mean would be off by 1e-3 here; the first pixel is far from all others.
        const int n = 2;
        float[] hx = Array.ConvertAll(Numbers(1, n * pixels * c), v => v + 100f);
        hx[0] = 0f;
        float[] ones = [.. Enumerable.Repeat(1f, c)], zeros = new float[c];
        var y = Tape.Normalize(Input(hx, n, pixels, 1, c), Parameter(ones, c), Parameter(zeros, c), groups, 1e-6f, silu: false);
        var expected = ReferenceGroupNorm.Forward(Widen(hx), Widen(ones), Widen(zeros), n, pixels, c, groups, 1e-6, silu: false);
        GoldenFile.AssertClose(Widen(y.ToArray()), expected, 5e-5, "data around 100");
    }

    [TestMethod]
    [DataRow(63, 20, 5)]
    [DataRow(300, 6, 3)]
    public void EachImagesResultsAreTheSameInAnyBatch(int pixels, int c, int groups)
    {
        const int n = 7;
        float[] hx = Numbers(1, n * pixels * c), hg = Numbers(4, hx.Length);
        Tensor gamma = Parameter(Numbers(2, c), c), beta = Parameter(Numbers(3, c), c);
        var all = Run(0, n);
        for (var image = 0; image < n; image++)
        {
            var one = Run(image, 1);
            var size = pixels * c;
            CollectionAssert.AreEqual(all.Output.AsSpan(image * size, size).ToArray(), one.Output, $"output {image}, bit for bit");
            CollectionAssert.AreEqual(all.Gradient.AsSpan(image * size, size).ToArray(), one.Gradient, $"gradient {image}, bit for bit");
        }

        (float[] Output, float[] Gradient) Run(int first, int count)
        {
            var x = Input(hx.AsSpan(first * pixels * c, count * pixels * c).ToArray(), count, pixels, 1, c);
            var y = Tape.Normalize(x, gamma, beta, groups, 1e-6f, silu: true);
            var output = y.ToArray();
            Backward(y, hg.AsSpan(first * pixels * c, count * pixels * c).ToArray());
            return (output, x.Gradient!.ToArray());
        }
    }

    [TestMethod]
    [DataRow(20, 5)]
    [DataRow(33, 11)]
    public void NarrowTensorsMatchFloat32(int c, int groups)
    {
        Tensor gamma = Parameter(Numbers(2, c), c), beta = Parameter(Numbers(3, c), c);
        var scaleShift = Tape.From(Numbers(5, 2 * 2 * c), 2, 2 * c);
        var options = new GroupNormOptions(gamma, beta, groups, 1e-6f, Silu: true, scaleShift);
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Normalize(x[0], options), [2, 5, 7, c]);
    }

    [TestMethod]
    [DataRow(8, 4)]
    [DataRow(7, 5)]
    public void NarrowTensorsSideBySideMatchFloat32(int a, int b)
    {
        Tensor gamma = Parameter(Numbers(2, a + b), a + b), beta = Parameter(Numbers(3, a + b), a + b);
        var options = new GroupNormOptions(gamma, beta, 3, 1e-6f, Silu: false);
        NarrowStorage.AssertMatchesFloat32(
            Device, (tape, x) => tape.Normalize(new Joined(x[0], x[1]), options), [2, 5, 7, a], [2, 5, 7, b]);
    }

    [TestMethod]
    [DataRow(20, 28, 12)]
    [DataRow(7, 5, 3)]
    public void TwoTensorsSideBySideAreNormalisedAsTheOneTheyMake(int a, int b, int groups)
    {
        const int n = 2, pixels = 35;
        int c = a + b;
        float[] hx = Numbers(1, n * pixels * c), hg = Numbers(2, hx.Length), hgamma = Numbers(3, c), hbeta = Numbers(4, c);
        Tensor whole = Input(hx, n, pixels, 1, c), gamma = Parameter(hgamma, c), beta = Parameter(hbeta, c);
        var options = new GroupNormOptions(gamma, beta, groups, 1e-6f, Silu: true, Tape.From(Numbers(5, n * 2 * c), n, 2 * c));
        var expected = Tape.Normalize(whole, options);
        var output = expected.ToArray();
        Backward(expected, hg);
        float[] parameters = [.. gamma.Gradient!.ToArray(), .. beta.Gradient!.ToArray()];
        Elementwise.Fill(gamma.Gradient, 0f);
        Elementwise.Fill(beta.Gradient, 0f);

        Tensor first = Input(Part(hx, c, 0, a), n, pixels, 1, a), second = Input(Part(hx, c, a, b), n, pixels, 1, b);
        var joined = Tape.Normalize(new Joined(first, second), options);
        CollectionAssert.AreEqual(new[] { n, pixels, 1, c }, joined.Shape.ToArray(), "shape");
        GoldenFile.AssertClose(Widen(joined.ToArray()), Widen(output), 1e-6, "output");
        Backward(joined, hg);
        var dx = Widen(whole.Gradient!.ToArray());
        GoldenFile.AssertClose(Widen(first.Gradient!.ToArray()), Part(dx, c, 0, a), 2e-6, "gradient of the first");
        GoldenFile.AssertClose(Widen(second.Gradient!.ToArray()), Part(dx, c, a, b), 2e-6, "gradient of the second");
        GoldenFile.AssertClose(
            Widen([.. gamma.Gradient!.ToArray(), .. beta.Gradient!.ToArray()]), Widen(parameters), 2e-6, "gradients of scale and shift");
    }

    // Some channels of each pixel.
    private static T[] Part<T>(T[] x, int channels, int first, int count) =>
        [.. Enumerable.Range(0, x.Length / channels).SelectMany(p => x.AsSpan(p * channels + first, count).ToArray())];

    [TestMethod]
    public void GroupsThatDoNotDivideTheChannelsAreRefused()
    {
        Tensor x = Input(new float[40], 1, 2, 2, 10), gamma = Parameter(new float[10], 10), beta = Parameter(new float[10], 10);
        var e = Assert.ThrowsExactly<ArgumentException>(() => Tape.Normalize(x, gamma, beta, 4, 1e-6f, silu: false));
        StringAssert.Contains(e.Message, "4 groups do not divide 10 channels", "which groups and channels");
    }
}

[TestClass]
public sealed class GroupNormTestsCpu : GroupNormTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GroupNormTestsOpenCL : GroupNormTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class GroupNormTestsOpenCLCooperative : GroupNormTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class GroupNormTestsCuda : GroupNormTests
{
    protected override string Spec => Cuda;
}
