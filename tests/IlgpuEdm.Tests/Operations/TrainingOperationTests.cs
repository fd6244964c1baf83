using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Optimizer;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.SelfTests;
using IlgpuEdm.Tests.Golden;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Operations;

/// <summary>The loss and the optimiser.</summary>
public abstract class TrainingOperationTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 501)]
    [DataRow(2, 9001)]
    [DataRow(3, 8192)]
    public void LossMatchesItsFormula(int n, int size) =>
        AssertMatchesReference(run => SelfTestTraining.WeightedSquaredError(run, n, size));

    [TestMethod]
    public void LossMatchesTheReferenceOverNoiseLevels()
    {
        const int size = 147;
        const double sigmaData = 0.5;
        double[] sigma = [0.002, 0.5, 80];
        float[] hd = Numbers(1, 3 * size), hy = Numbers(2, 3 * size);
        float[] weights = [.. sigma.Select(s => (float)((s * s + sigmaData * sigmaData) / (s * s * sigmaData * sigmaData)))];
        var (loss, gradient) = Tape.WeightedSquaredError(Tape.From(hd, 3, size), Tape.From(hy, 3, size), weights, 1f / 3);

        var perValue = ReferenceLoss.Forward(Widen(hd), Widen(hy), sigma, sigmaData);
        var perImage = Enumerable.Range(0, 3).Select(i => perValue.AsSpan(i * size, size).ToArray().Sum()).ToArray();
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(1, loss.ToArray()[i] / perImage[i], 1e-6, $"loss at sigma {sigma[i]}");
        }

        GoldenFile.AssertClose(
            Widen(gradient.ToArray()), ReferenceLoss.Gradient(Widen(hd), Widen(hy), sigma, sigmaData, 1.0 / 3), 1e-6, "gradient");
    }

    [TestMethod]
    [DataRow(91, false)]
    [DataRow(500, true)]
    [DataRow(AdamKernel.Piece + 19, false)]
    [DataRow(2 * AdamKernel.Piece + 1001, true)]
    public void AdamMatchesTheReference(int count, bool infinite) =>
        AssertMatchesReference(run => SelfTestTraining.Adam(run, count, steps: 5, infinite));

    [TestMethod]
    public void AdamCountsWhatItReplacesPieceByPiece()
    {
        const int count = 2 * AdamKernel.Piece + 37;
        var gradients = new float[count];
        gradients[0] = float.NaN;
        gradients[AdamKernel.Piece - 1] = float.PositiveInfinity;
        gradients[2 * AdamKernel.Piece] = float.NegativeInfinity;
        gradients[count - 1] = float.NaN;
        gradients[count - 2] = float.MaxValue;
        CollectionAssert.AreEqual(new[] { 2f, 0f, 2f }, Step(gradients, new float[count]).Replaced, "the largest float is finite");
    }

    [TestMethod]
    public void NotANumberLeavesAParameterWhereItIsAndInfinityMovesItByOneStep()
    {
        float[] gradients = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f];
        var (weights, _) = Step(gradients, [1f, 1f, 1f, 1f]);
        CollectionAssert.AreEqual(
            new[] { 1f, 0.875f, 1.125f, 1f }, weights, "the first step of Adam is the learning rate, 1/8, whatever the gradient");
    }

    // One step with betas 0, for which Adam is sign descent.
    private (float[] Weights, float[] Replaced) Step(float[] gradients, float[] weights)
    {
        var count = gradients.Length;
        var scalars = Adam.Scalars(learningRate: 0.125, beta1: 0, beta2: 0, epsilon: 1e-8, step: 1, emaBeta: 0);
        Tensor w = Tape.From(weights, count), replaced = Tape.New(AdamKernel.Tasks(count));
        Tensor m = Tape.From(new float[count], count), v = Tape.From(new float[count], count), ema = Tape.From(weights, count);
        AdamLaunch.Step(
            Device, w.View, Tape.From(gradients, count).View, m.View, v.View, ema.View, Tape.From(scalars, scalars.Length).View,
            replaced.View, count);
        return (w.ToArray(), replaced.ToArray());
    }
}

[TestClass]
public sealed class TrainingOperationTestsCpu : TrainingOperationTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TrainingOperationTestsOpenCL : TrainingOperationTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class TrainingOperationTestsOpenCLCooperative : TrainingOperationTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class TrainingOperationTestsCuda : TrainingOperationTests
{
    protected override string Spec => Cuda;
}
