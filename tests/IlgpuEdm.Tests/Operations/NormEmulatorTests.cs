using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Norms, sums, losses and the optimiser for GPUs at toy size, on a device that checks every index.</summary>
[TestClass]
public sealed class NormEmulatorTests : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(2, 5, 3, 8, 2)]
    [DataRow(1, 2, 3, 5, 5)]
    public void AGroupNormMatchesTheReference(int n, int h, int w, int c, int groups) =>
        AssertMatchesReference(run => SelfTestNorm.NormalizeAdaptive(run, n, h, w, c, groups));

    [TestMethod]
    [DataRow(12)]
    [DataRow(3)]
    public void AMeanMatchesTheReference(int c) => AssertMatchesReference(run => SelfTestClassification.MeanPixels(run, 1, 3, 3, c));

    [TestMethod]
    [DataRow(12)]
    [DataRow(13)]
    public void ALossMatchesTheReference(int size) => AssertMatchesReference(run => SelfTestTraining.WeightedSquaredError(run, 2, size));

    [TestMethod]
    public void ACrossEntropyMatchesTheReference() => AssertMatchesReference(run => SelfTestClassification.CrossEntropy(run, 2, 11, 3f));

    [TestMethod]
    public void AdamMatchesTheReference() => AssertMatchesReference(run => SelfTestTraining.Adam(run, 91, steps: 1, infinite: true));
}
