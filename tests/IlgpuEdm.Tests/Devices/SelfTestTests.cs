using System.Globalization;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Devices;

/// <summary>The self-test that users run passes on the devices that we test on.</summary>
public abstract class SelfTestTests : DeviceTestBase
{
    [TestMethod]
    public void EveryOperationPassesInEachPrecision()
    {
        var modes = SelfTest.Modes(Device).Where(mode => mode.Schedule == Device.Schedule).ToList();
        Assert.IsGreaterThanOrEqualTo(2, modes.Count, "precisions");
        var before = (Device.Schedule, Device.Precision);
        var memory = Device.Pool.BytesInUse;
        foreach (var mode in modes)
        {
            AssertPasses(mode);
            Assert.AreEqual(before, (Device.Schedule, Device.Precision), "what the device computes like after the test");
            Assert.AreEqual(memory, Device.Pool.BytesInUse, "bytes in use after the self-test");
        }
    }

    [TestMethod]
    public void Tf32NeedsTheCooperativeSchedule() => Assert.DoesNotContain(
        new SelfTestMode(KernelSchedule.Fat, Precision.Tf32), SelfTest.Modes(Device), "ways to compute");

    private void AssertPasses(SelfTestMode mode)
    {
        var reported = new List<SelfTestResult>();
        var results = SelfTest.Run(Device, mode, reported.Add);
        var failed = results.Where(r => !r.Passed).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Operation}: {r.Error:g3}"));
        Assert.IsEmpty(failed, $"failed on {Device.Name} ({mode}): {string.Join("; ", failed)}");
        Assert.IsGreaterThan(40, results.Count, "outputs and gradients of all operations");
        CollectionAssert.AreEqual(results.ToList(), reported, "each result is reported when it is there");
        Assert.AreEqual(results.Count, results.Select(r => r.Operation).Distinct().Count(), "every result has a name of its own");
    }
}

[TestClass]
public sealed class SelfTestTestsCpu : SelfTestTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class SelfTestTestsOpenCL : SelfTestTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class SelfTestTestsOpenCLCooperative : SelfTestTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class SelfTestTestsCuda : SelfTestTests
{
    protected override string Spec => Cuda;
}
