using ILGPU;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Attention on tensor cores, as devices without them compute it. Against the host, with inputs that are rounded already: what is left is the
/// rounding of the probabilities.
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

    protected void AssertMatchesReference(int n, int tokens, int c, int heads, bool narrow)
    {
        var x = Queries(1, n * tokens * 3 * c, narrow);
        var dy = Queries(2, n * tokens * c, narrow);
        var tolerance = narrow ? StorageTolerance : Tolerance;
        var (y, gradient) = Attend(x, dy, n, tokens, c, heads, narrow);
        GoldenFile.AssertClose(Widen(y), ReferenceAttention.Forward(Widen(x), n, tokens, c, heads), tolerance, "output");
        GoldenFile.AssertClose(Widen(gradient), ReferenceAttention.Gradient(Widen(x), Widen(dy), n, tokens, c, heads), tolerance, "gradient");
    }

    protected (float[] Output, float[] Gradient) Attend(float[] values, float[] dy, int n, int tokens, int c, int heads, bool narrow)
    {
        Device.Precision = narrow ? Precision.Bf16 : Precision.Tf32;
        var storage = narrow ? TensorStorage.BFloat16 : TensorStorage.Float32;
        var qkv = New(values, storage, n, tokens, 1, 3 * c);
        qkv.RequiresGradient = true;
        var y = Tape.Attend(qkv, heads);
        var output = y.ToArray();
        Tape.Backward(y, New(dy, storage, n, tokens, 1, c));
        return (output, qkv.Gradient!.ToArray());
    }

    private Tensor New(float[] values, TensorStorage storage, params int[] shape)
    {
        var tensor = Tape.New(storage, shape);
        tensor.Upload(values);
        return tensor;
    }

    // Scores of a few units, so that the softmax is neither flat nor a choice of one.
    protected static float[] Queries(int seed, int count, bool narrow) => Array.ConvertAll(
        Numbers(seed, count), v => narrow ? BFloat16.Widen(BFloat16.Round(2f * v)) : Interop.IntAsFloat(TensorCore.RoundPortable(2f * v)));
}

[TestClass]
public sealed class TensorAttentionTestsOpenCLCooperative : TensorAttentionTests
{
    protected override string Spec => OpenCLCooperative;

    [TestMethod]
    [DataRow(2, 70, 128, 2, false)]
    [DataRow(2, 70, 128, 2, true)]
    [DataRow(1, 133, 40, 1, false)]
    [DataRow(1, 133, 40, 1, true)]
    [DataRow(1, 35, 192, 2, false)]
    [DataRow(1, 35, 192, 2, true)]
    [DataRow(1, 129, 256, 1, false)]
    [DataRow(1, 129, 256, 1, true)]
    public void MatchesTheReference(int n, int tokens, int c, int heads, bool narrow) => AssertMatchesReference(n, tokens, c, heads, narrow);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnImageAloneIsTheImageOfABatchToTheBit(bool narrow)
    {
        const int images = 3, tokens = 37, c = 32, heads = 2, size = tokens * 3 * c, outputs = tokens * c;
        var (x, dy) = (Queries(1, images * size, narrow), Queries(2, images * outputs, narrow));
        var (all, gradients) = Attend(x, dy, images, tokens, c, heads, narrow);
        for (var image = 0; image < images; image++)
        {
            var (alone, gradient) = Attend(
                x[(image * size)..((image + 1) * size)], dy[(image * outputs)..((image + 1) * outputs)], 1, tokens, c, heads, narrow);
            CollectionAssert.AreEqual(all[(image * outputs)..((image + 1) * outputs)], alone, $"output {image}");
            CollectionAssert.AreEqual(gradients[(image * size)..((image + 1) * size)], gradient, $"gradient {image}");
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
        var (y, _) = Attend(x, Queries(2, tokens * c, narrow), 1, tokens, c, 1, narrow);
        for (var i = 0; i < y.Length; i++)
        {
            Assert.AreEqual(i / c == 3, float.IsNaN(y[i]), $"element {i}: {y[i]}");
        }
    }
}

[TestClass]
public sealed class TensorAttentionTestsEmulator : TensorAttentionTests
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MatchesTheReference(bool narrow) => AssertMatchesReference(1, 5, 16, 2, narrow);
}
