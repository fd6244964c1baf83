using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>The mean over pixels and the cross-entropy of a softmax.</summary>
public abstract class ClassificationTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1, 1, 1)]
    [DataRow(2, 5, 7, 19)]
    [DataRow(3, 9, 8, 33)]
    [DataRow(2, 7, 7, 128)]
    [DataRow(2, 33, 40, 12)]
    public void MeanMatchesTheReference(int n, int h, int w, int c) =>
        AssertMatchesReference(run => SelfTestClassification.MeanPixels(run, n, h, w, c));

    [TestMethod]
    [DataRow(1, 2, 1f)]
    [DataRow(5, 10, 3f)]
    [DataRow(3, 1001, 3f)]
    [DataRow(4, 7, 60f)]
    public void CrossEntropyMatchesTheReference(int n, int classes, float size) =>
        AssertMatchesReference(run => SelfTestClassification.CrossEntropy(run, n, classes, size));

    [TestMethod]
    public void OneClassCostsNothing()
    {
        var (loss, gradient) = Tape.SoftmaxCrossEntropy(Input([5f, -5f], 2, 1), [0, 0], 1f);
        AssertExact([0, 0], loss, "loss");
        AssertExact([0, 0], gradient, "gradient");
    }

    [TestMethod]
    public void HugeLogitsGiveNumbers()
    {
        var (loss, gradient) = Tape.SoftmaxCrossEntropy(Input([1e30f, -1e30f, 1000f, 0f], 2, 2), [0, 1], 1f);
        AssertExact([0, 1000], loss, "loss");
        var g = gradient.ToArray();
        Assert.AreEqual(0f, g[0], 1e-30f, "the right class is certain");
        Assert.AreEqual(1f, g[2], 1e-30f, "the wrong class is certain");
        Assert.AreEqual(-1f, g[3], 1e-30f, "the right class has no probability");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(3)]
    public void ALabelOutsideTheClassesIsRefused(int label)
    {
        var logits = Input(new float[6], 2, 3);
        var error = Assert.ThrowsExactly<ArgumentException>(() => Tape.SoftmaxCrossEntropy(logits, [0, label], 1f), "label");
        StringAssert.Contains(error.Message, "3 classes", "what the labels may be");
    }

    [TestMethod]
    public void ShapesThatDoNotFitAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Tape.MeanPixels(Input(new float[6], 2, 3)), "no images");
        Assert.ThrowsExactly<ArgumentException>(() => Tape.SoftmaxCrossEntropy(Input(new float[6], 2, 3), [0], 1f), "one label for two");
    }
}

[TestClass]
public sealed class ClassificationTestsCpu : ClassificationTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ClassificationTestsOpenCL : ClassificationTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ClassificationTestsOpenCLCooperative : ClassificationTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class ClassificationTestsCuda : ClassificationTests
{
    protected override string Spec => Cuda;
}
