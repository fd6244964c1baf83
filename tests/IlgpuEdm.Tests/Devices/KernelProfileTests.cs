using System.Diagnostics;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Devices;

/// <summary>What the profile says of kernels.</summary>
public abstract class KernelProfileTests : DeviceTestBase
{
    [TestInitialize]
    public void Start() => Device.Profile.Clear();

    [TestCleanup]
    public void Stop()
    {
        Device.Profile.Enabled = false;
        Device.Profile.Clear();
    }

    [TestMethod]
    public void NothingIsTimedUnlessAskedFor()
    {
        Work(1);
        Assert.IsEmpty(Device.Profile.Top(10), "kernels timed");
    }

    [TestMethod]
    public void LaunchesTimesAndRatesAreGathered()
    {
        Device.Profile.Enabled = true;
        Work(3);
        var silu = Device.Profile.Top(10).Single(
            k => k.Name == "ElementwiseKernels.Silu" || k.Name.StartsWith("ElementwisePass.Map<Silu", StringComparison.Ordinal));
        Assert.AreEqual(3L, silu.Launches, "launches");
        Assert.IsGreaterThan(0, silu.TotalMilliseconds, "time");
        Assert.AreEqual(silu.TotalMilliseconds / 3, silu.MeanMilliseconds, 1e-9, "mean time");
        Assert.AreEqual(
            3 * 8.0 * 10_000 / (silu.TotalMilliseconds * 1e6), silu.GigabytesPerSecond!.Value, 1e-6, "GB/s: 8 bytes an element");
        Assert.IsNull(silu.GigaflopsPerSecond, "operations, which SiLU does not state");

        var convolution = Device.Profile.Top(10).Single(
            k => k.Name.StartsWith("ConvolutionForward.", StringComparison.Ordinal));
        Assert.AreEqual(
            3 * 2.0 * 100 * 4 * 4 / (convolution.TotalMilliseconds * 1e6), convolution.GigaflopsPerSecond!.Value, 1e-6,
            "GFLOP/s: 2 a multiply-add");
    }

    [TestMethod]
    public void TheLongestComeFirst()
    {
        Device.Profile.Enabled = true;
        Work(2);
        double[] times = [.. Device.Profile.Top(10).Select(k => k.TotalMilliseconds)];
        CollectionAssert.AreEqual(times.OrderDescending().ToArray(), times, "times in order");
        Assert.HasCount(2, Device.Profile.Top(2), "as many as asked for");
    }

    [TestMethod]
    public void StagesCountTheirOwnTimeOnly()
    {
        Device.Profile.Enabled = true;
        long start = Stopwatch.GetTimestamp();
        using (Device.Profile.Stage("outer"))
        {
            Work(1);
            using (Device.Profile.Stage("inner"))
            {
                Thread.Sleep(50);
            }
        }

        double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var stages = Device.Profile.Stages().ToDictionary(stage => stage.Name);
        Assert.IsGreaterThanOrEqualTo(49, stages["inner"].TotalMilliseconds, "the inner stage");
        Assert.AreEqual(1L, stages["inner"].Calls, "calls");
        double named = stages.Values.Sum(s => s.TotalMilliseconds) + Device.Profile.Top(100).Sum(k => k.TotalMilliseconds);
        Assert.AreEqual(named, Device.Profile.NamedMilliseconds, 1e-6, "kernels and stages");
        Assert.IsLessThanOrEqualTo(wall, named, "nothing counts twice");
        Assert.IsGreaterThan(0.95 * wall, named, "and all of it counts");
    }

    private void Work(int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            using var tape = new Tape(Device, recording: false);
            tape.Silu(tape.From(new float[10_000], 10_000));
            tape.Convolve(tape.From(new float[400], 1, 10, 10, 4), tape.From(new float[16], 1, 1, 4, 4), null);
        }
    }
}

[TestClass]
public sealed class KernelProfileTestsCpu : KernelProfileTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class KernelProfileTestsOpenCL : KernelProfileTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class KernelProfileTestsCuda : KernelProfileTests
{
    protected override string Spec => Cuda;
}
