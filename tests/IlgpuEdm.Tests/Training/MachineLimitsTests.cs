using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Limits;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>The kernels that measure the machine's limits, and the figures made of them.</summary>
public abstract class MachineLimitsTests : DeviceTestBase
{
    private const int Items = 2;
    private const int Count = 100;

    [TestMethod]
    public void TheKernelsDoWhatIsCounted()
    {
        float[] values = [.. Enumerable.Range(0, Items * Peak.Width).Select(i => (float)(i % 7))];
        using PooledBuffer x = Of(values);
        using PooledBuffer y = Of(new float[values.Length]);
        Device.Launch(LimitKernels.Copy, Items, default, x.View, y.View, Count, 2);
        CollectionAssert.AreEqual(values[..(Items * Count)], Read(y)[..(Items * Count)], "copies");
        Device.Launch(LimitKernels.Read, Items, default, x.View, y.View, Count, 2);
        CollectionAssert.AreEqual(new[] { values[..Count].Sum(), values[Count..(2 * Count)].Sum() }, Read(y)[..Items], "sums");
        Device.Launch(LimitKernels.MultiplyAdd, Items, default, x.View, 3, 2);
        float[] expected = Array.ConvertAll(values, v => 1 + ((v - 1) * MathF.Pow(0.75f, 6)));
        float[] actual = Read(x);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5f, $"number {i} after six rounds");
        }
    }

    private PooledBuffer Of(float[] values)
    {
        PooledBuffer buffer = Device.Pool.Rent(values.Length);
        Device.Upload<float>(values, buffer.View);
        return buffer;
    }

    private float[] Read(PooledBuffer buffer)
    {
        float[] values = new float[(int)buffer.View.Length];
        Device.Download(buffer.View, values.AsSpan());
        return values;
    }
}

[TestClass]
public sealed class MachineLimitsTestsCpu : MachineLimitsTests
{
    protected override string Spec => Cpu;

    [TestMethod]
    public void EveryFigureIsThere()
    {
        MachineLimits limits = MachineLimits.Measure(Device, 1e-4);
        Assert.IsGreaterThan(0, Math.Min(limits.GflopsOneItem, limits.GflopsAllItems), "operations");
        Assert.IsGreaterThan(0, Math.Min(limits.LaunchOneItemUs, limits.QueuedLaunchUs), "launches");
        Assert.IsNotEmpty(limits.Memory, "sizes of memory");
        foreach (MemoryLimit memory in limits.Memory)
        {
            Assert.IsGreaterThan(0, Math.Min(memory.CopyOneItem, memory.ReadAllItems), $"{memory.Kilobytes} KB");
        }
    }
}

[TestClass]
public sealed class MachineLimitsTestsOpenCL : MachineLimitsTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class MachineLimitsTestsCuda : MachineLimitsTests
{
    protected override string Spec => Cuda;
}
