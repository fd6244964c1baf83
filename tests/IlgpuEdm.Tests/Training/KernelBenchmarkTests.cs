using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Timing each kernel by itself.</summary>
public abstract class KernelBenchmarkTests : DeviceTestBase
{
    protected abstract string Tile { get; }

    [TestMethod]
    public void EachLayerOfANetworkIsTimed()
    {
        var limits = new MachineLimits("limits", "test", 1, 10, 10, [new MemoryLimit(1, 10, 10, 10, 10)], 1, 1, 1, 1);
        KernelTiming[] timings = [.. KernelBenchmark.Run(Device, limits, "compact", 1, Tile, 1)];
        foreach (var kind in new[] { "convolution 3x3", "convolution 1x1", "group norm", "attention" })
        {
            Assert.IsTrue(timings.Any(t => t.Layer.StartsWith(kind, StringComparison.Ordinal)), $"no {kind} was timed");
        }

        foreach (var timing in timings)
        {
            Assert.IsGreaterThan(0, timing.Milliseconds, $"time of {timing.Kernel} in {timing.Layer}");
            Assert.AreEqual(Device.Schedule.ToString().ToLowerInvariant(), timing.Schedule, "schedule");
            if (timing.GigaflopsPerSecond is { } rate)
            {
                Assert.AreEqual(rate / 10, timing.OfPeakFlops!.Value, 0.01, $"part of the peak of {timing.Kernel}");
            }
        }

        Assert.IsFalse(Device.Profile.Enabled, "profiling after it");
    }
}

[TestClass]
public sealed class KernelBenchmarkTestsCpu : KernelBenchmarkTests
{
    protected override string Spec => Cpu;

    protected override string Tile => "auto";
}

[TestClass]
[TestCategory("Slow")]
public sealed class KernelBenchmarkTestsOpenCLCooperative : KernelBenchmarkTests
{
    protected override string Spec => OpenCLCooperative;

    protected override string Tile => "all";
}
