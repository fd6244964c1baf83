using ILGPU;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Attention on tensor cores, as devices without them compute it. Against the host, with inputs that are rounded already: what is left is
/// the rounding of the probabilities.
/// </summary>
public abstract class TensorAttentionTests : OperationTestBase
{
    private const double Tolerance = 1.0 / 1024;
    private const double StorageTolerance = 1.0 / 128;

    private bool hadTensorCores;
    private Precision precision;

    [TestInitialize]
    public void PretendToHaveTensorCores()
    {
        hadTensorCores = Device.HasTensorCores;
        precision = Device.Precision;
        Device.HasTensorCores = true;
    }

    [TestCleanup]
    public void Restore()
    {
        Device.Precision = precision;
        Device.HasTensorCores = hadTensorCores;
    }

    /// <summary>An input that wants a gradient, for tensor cores of its storage.</summary>
    protected Tensor Input(float[] values, int n, int tokens, int c, bool narrow)
    {
        Device.Precision = narrow ? Precision.Bf16 : Precision.Tf32;
        var input = New(values, narrow, n, tokens, 1, 3 * c);
        input.RequiresGradient = true;
        return input;
    }

    protected Tensor New(float[] values, bool narrow, params int[] shape)
    {
        var tensor = Tape.New(narrow ? TensorStorage.BFloat16 : TensorStorage.Float32, shape);
        tensor.Upload(values);
        return tensor;
    }

    protected void AssertOutputAndGradient(int n, int tokens, int c, int heads, bool narrow)
    {
        var (x, dy) = (Queries(1, n * tokens * 3 * c, narrow), Queries(2, n * tokens * c, narrow));
        var qkv = Input(x, n, tokens, c, narrow);
        var y = Tape.Attend(qkv, heads);
        AssertClose(y, ReferenceAttention.Forward(Widen(x), n, tokens, c, heads), narrow, "output");
        Tape.Backward(y, New(dy, narrow, n, tokens, 1, c));
        AssertClose(qkv.Gradient!, ReferenceAttention.Gradient(Widen(x), Widen(dy), n, tokens, c, heads), narrow, "gradient");
    }

    protected static void AssertClose(Tensor actual, double[] expected, bool narrow, string what) =>
        GoldenFile.AssertClose(Widen(actual.ToArray()), expected, narrow ? StorageTolerance : Tolerance, what);

    protected void AssertOutput(int n, int tokens, int c, int heads, bool narrow)
    {
        var x = Queries(1, n * tokens * 3 * c, narrow);
        var y = Tape.Attend(Input(x, n, tokens, c, narrow), heads);
        AssertClose(y, ReferenceAttention.Forward(Widen(x), n, tokens, c, heads), narrow, "output");
    }

    // Scores of a few units, so that the softmax is neither flat nor a choice of one.
    protected static float[] Queries(int seed, int count, bool narrow) => Array.ConvertAll(
        Numbers(seed, count), v => narrow ? BFloat16.Widen(BFloat16.Round(2f * v)) : Interop.IntAsFloat(TensorCore.RoundPortable(2f * v)));
}

[TestClass]
[TestCategory("Slow")]
public sealed class TensorAttentionTestsOpenCLCooperative : TensorAttentionTests
{
    protected override string Spec => OpenCLCooperative;

    [TestMethod]
    [DataRow(2, 70, 128, 2, false)]
    [DataRow(2, 70, 128, 2, true)]
    [DataRow(1, 133, 40, 1, false)]
    [DataRow(1, 133, 40, 1, true)]
    public void TheOutputMatchesTheReference(int n, int tokens, int c, int heads, bool narrow) => AssertOutput(n, tokens, c, heads, narrow);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnImageAloneIsTheImageOfABatchToTheBit(bool narrow)
    {
        const int images = 3, tokens = 37, c = 32, heads = 2, size = tokens * 3 * c;
        var x = Queries(1, images * size, narrow);
        var all = Tape.Attend(Input(x, images, tokens, c, narrow), heads).ToArray();
        for (var image = 0; image < images; image++)
        {
            var alone = Tape.Attend(Input(x[(image * size)..((image + 1) * size)], 1, tokens, c, narrow), heads).ToArray();
            CollectionAssert.AreEqual(all[(image * tokens * c)..((image + 1) * tokens * c)], alone, $"output {image}");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AQueryThatIsNoNumberShowsInItsOutput(bool narrow)
    {
        const int tokens = 20, c = 8;
        var x = Queries(1, tokens * 3 * c, narrow);
        x[3 * (3 * c)] = float.NaN;
        var y = Tape.Attend(Input(x, 1, tokens, c, narrow), heads: 1).ToArray();
        for (var i = 0; i < y.Length; i++)
        {
            Assert.AreEqual(i / c == 3, float.IsNaN(y[i]), $"element {i}: {y[i]}");
        }
    }
}

[TestClass]
[TestCategory("Slow")]
public sealed class TensorAttentionTestsEmulator : TensorAttentionTests
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(5, 8, false)]
    [DataRow(5, 8, true)]
    [DataRow(3, 72, false)]
    [DataRow(3, 136, false)]
    [DataRow(3, 136, true)]
    public void OutputAndGradientMatchTheReference(int tokens, int c, bool narrow) => AssertOutputAndGradient(1, tokens, c, 1, narrow);
}

/// <summary>
/// More than a tile of tokens backward, and deep heads; compilers for CPUs take minutes for these kernels. Gradients of heads of more than
/// 128 channels, which take longer still, are left to the emulator.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public sealed class TensorAttentionGradientTestsOpenCLCooperative : TensorAttentionTests
{
    protected override string Spec => OpenCLCooperative;

    [TestMethod]
    [DataRow(2, 70, 128, 2, false)]
    [DataRow(2, 70, 128, 2, true)]
    [DataRow(1, 35, 192, 2, false)]
    [DataRow(1, 35, 192, 2, true)]
    public void OutputAndGradientMatchTheReference(int n, int tokens, int c, int heads, bool narrow) =>
        AssertOutputAndGradient(n, tokens, c, heads, narrow);

    [TestMethod]
    [DataRow(1, 129, 256, 1, false)]
    [DataRow(1, 129, 256, 1, true)]
    public void TheOutputOfDeepHeadsMatchesTheReference(int n, int tokens, int c, int heads, bool narrow) =>
        AssertOutput(n, tokens, c, heads, narrow);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnImagesGradientAloneIsThatOfABatchToTheBit(bool narrow)
    {
        const int images = 3, tokens = 37, c = 32, size = tokens * 3 * c, outputs = tokens * c;
        var (x, dy) = (Queries(1, images * size, narrow), Queries(2, images * outputs, narrow));
        var all = Gradient(x, dy, images);
        for (var image = 0; image < images; image++)
        {
            var alone = Gradient(x[(image * size)..((image + 1) * size)], dy[(image * outputs)..((image + 1) * outputs)], 1);
            CollectionAssert.AreEqual(all[(image * size)..((image + 1) * size)], alone, $"gradient {image}");
        }

        float[] Gradient(float[] values, float[] gradient, int n)
        {
            var qkv = Input(values, n, tokens, c, narrow);
            Tape.Backward(Tape.Attend(qkv, heads: 2), New(gradient, narrow, n, tokens, 1, c));
            return qkv.Gradient!.ToArray();
        }
    }
}
