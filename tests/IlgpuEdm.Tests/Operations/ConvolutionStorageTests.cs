using IlgpuEdm.Autodiff;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Convolutions and linear layers of activations of 16 bits against the same values stored as float32: sums are made in float32, so that
/// results differ by the rounding of what is stored.
/// </summary>
public abstract class ConvolutionStorageTests : OperationTestBase
{
    private const float Rounding = 1f / 256;

    [TestMethod]
    [DataRow(1, 8, 0, 12)]
    [DataRow(3, 8, 0, 12)]
    [DataRow(3, 5, 0, 7)]
    [DataRow(3, 12, 8, 36)]
    [DataRow(3, 3, 6, 33)]
    [DataRow(1, 64, 12, 100)]
    public void AConvolutionMatchesFloat32(int kernel, int a, int b, int outC)
    {
        const int n = 2, h = 4, w = 5;
        int[] first = [n, h, w, a], second = [n, h, w, b], output = [n, h, w, outC];
        AssertMatches(
            [first, second, output], [[kernel, kernel, a + b, outC], [outC], [n, outC]],
            (x, p) => Tape.Convolve(new Joined(x[0], b == 0 ? null : x[1]), p[0], p[1], p[2], x[2], 0.7f));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(37)]
    public void ImagesOfOnePixelMatchFloat32(int n) =>
        AssertMatches(
            [[n, 1, 1, 12], [n, 1, 1, 8]], [[3, 3, 12, 8], [8], [n, 8]], (x, p) => Tape.Convolve(x[0], p[0], p[1], p[2], x[1], 0.7f));

    [TestMethod]
    [DataRow(5, 12, 36)]
    [DataRow(33, 7, 3)]
    public void ALinearLayerMatchesFloat32(int rows, int inputs, int outputs) =>
        AssertMatches([[rows, inputs]], [[inputs, outputs], [outputs]], (x, p) => Tape.Linear(x[0], p[0], p[1]));

    private void AssertMatches(int[][] activations, int[][] parameters, Func<Tensor[], Tensor[], Tensor> operation)
    {
        foreach (var adding in new[] { false, true })
        {
            var wide = Run(TensorStorage.Float32, adding, activations, parameters, operation);
            var narrow = Run(TensorStorage.BFloat16, adding, activations, parameters, operation);
            foreach (var (name, expected) in wide)
            {
                var bound = Rounding * expected.Max(MathF.Abs);
                for (var i = 0; i < expected.Length; i++)
                {
                    Assert.AreEqual(
                        expected[i], narrow[name][i], bound, $"{name}, element {i}, gradients {(adding ? "added" : "written")}");
                }
            }
        }
    }

    private Dictionary<string, float[]> Run(
        TensorStorage storage, bool adding, int[][] activations, int[][] parameters, Func<Tensor[], Tensor[], Tensor> operation)
    {
        var seed = 0;
        Tensor[] x = [.. activations.Where(shape => !shape.Contains(0)).Select(Make)];
        Tensor[] all = activations.Length == 3 && x.Length == 2 ? [x[0], x[0], x[1]] : x;
        Tensor[] p = [.. parameters.Select(shape => Parameter(Rounded(shape), shape))];
        foreach (var input in x)
        {
            input.RequiresGradient = true;
            input.Gradient = adding ? Make([.. input.Shape]) : null;
        }

        var y = operation(all, p);
        Dictionary<string, float[]> results = new() { ["output"] = y.ToArray() };
        Assert.AreEqual(storage, y.Storage, "storage of the output");
        Tape.Backward(y, Make([.. y.Shape]));
        for (var i = 0; i < x.Length; i++)
        {
            Assert.AreEqual(storage, x[i].Gradient!.Storage, "storage of a gradient");
            results[$"gradient of input {i}"] = x[i].Gradient!.ToArray();
        }

        for (var i = 0; i < p.Length; i++)
        {
            results[$"gradient of parameter {i}"] = p[i].Gradient!.ToArray();
        }

        return results;

        float[] Rounded(int[] shape) => Array.ConvertAll(
            Numbers(++seed, shape.Aggregate(1, (product, size) => product * size)), v => BFloat16.Widen(BFloat16.Round(v)));

        Tensor Make(int[] shape)
        {
            var tensor = Tape.New(storage, shape);
            tensor.Upload(Rounded(shape));
            return tensor;
        }
    }
}

[TestClass]
public sealed class ConvolutionStorageTestsCpu : ConvolutionStorageTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ConvolutionStorageTestsOpenCL : ConvolutionStorageTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class ConvolutionStorageTestsOpenCLCooperative : ConvolutionStorageTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ConvolutionStorageTestsCuda : ConvolutionStorageTests
{
    protected override string Spec => Cuda;
}
