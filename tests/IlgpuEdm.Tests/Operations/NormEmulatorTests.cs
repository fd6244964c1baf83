using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Norms, sums, losses and the optimiser for GPUs at toy size, on a device that checks every index.</summary>
[TestClass]
public sealed class NormEmulatorTests : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(2, 3, 3, 8, 2)]
    [DataRow(1, 2, 3, 5, 5)]
    public void AGroupNormMatchesTheReference(int n, int h, int w, int c, int groups) =>
        AssertOnceMatchesReference(run => SelfTestNorm.NormalizeAdaptive(run, n, h, w, c, groups));

    [TestMethod]
    [DataRow(12)]
    [DataRow(3)]
    public void AMeanMatchesTheReference(int c) =>
        AssertOnceMatchesReference(run => SelfTestClassification.MeanPixels(run, 1, 3, 3, c));

    [TestMethod]
    [DataRow(12)]
    [DataRow(13)]
    public void ALossMatchesTheReference(int size) =>
        AssertOnceMatchesReference(run => SelfTestTraining.WeightedSquaredError(run, 2, size));

    [TestMethod]
    public void ACrossEntropyMatchesTheReference() =>
        AssertOnceMatchesReference(run => SelfTestClassification.CrossEntropy(run, 2, 11, 3f));

    [TestMethod]
    public void AdamMatchesTheReference() => AssertOnceMatchesReference(run => SelfTestTraining.Adam(run, 91, steps: 1, infinite: true));
    // Barriers between threads of an operating system are slow, so one run must do.
    private void AssertOnceMatchesReference(Action<SelfTestRun> operation)
    {
        using var run = new SelfTestRun(Device, accumulate: true);
        operation(run);
        foreach (var result in run.Results)
        {
            Assert.IsTrue(result.Passed, $"{result.Operation}: relative error {result.Error}");
        }
    }
}
