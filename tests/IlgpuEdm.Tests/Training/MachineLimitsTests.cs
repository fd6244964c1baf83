using IlgpuEdm.Devices;
using IlgpuEdm.Kernels;
using IlgpuEdm.Kernels.Limits;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>The kernels that measure the machine's limits, and the figures made of them.</summary>
public abstract class MachineLimitsTests : DeviceTestBase
{
    private const int Items = 2;

    // More than the threads of a group take at once, and not a multiple of it.
    private const int Most = 5 * LimitPass.Width + 4;

    [TestMethod]
    public void TheKernelsDoWhatIsCounted()
    {
        var isFat = Device.Schedule == KernelSchedule.Fat;
        var size = isFat ? Items : LaunchSize.OfGroups(Items);
        var width = isFat ? Peak.Width : LimitPass.Width;
        var sums = isFat ? 1 : CooperativeAttribute.GroupSize;
        float[] values = [.. Enumerable.Range(0, Items * Most).Select(i => (float)(i % 7))];
        foreach (var count in new[] { 100, Most })
        {
            using PooledBuffer x = Of(values);
            using PooledBuffer y = Of(new float[values.Length]);
            Device.Launch(isFat ? LimitKernels.Copy : LimitPass.Copy, size, default, x.View, y.View, count, 2);
            CollectionAssert.AreEqual(values[..(Items * count)], Read(y)[..(Items * count)], "copies");
            Device.Launch(isFat ? LimitKernels.Read : LimitPass.Read, size, default, x.View, y.View, count, 2);
            CollectionAssert.AreEqual(
                new[] { values[..count].Sum(), values[count..(2 * count)].Sum() },
                Read(y)[..(Items * sums)].Chunk(sums).Select(c => c.Sum()).ToArray(), "sums");
            Device.Launch(isFat ? LimitKernels.MultiplyAdd : LimitPass.MultiplyAdd, size, default, x.View, 4, 2);
            float[] expected = Array.ConvertAll(values, v => 1 + ((v - 1) * MathF.Pow(0.75f, 8)));
            float[] actual = Read(x);
            for (int i = 0; i < Items * width; i++)
            {
                Assert.AreEqual(expected[i], actual[i], 1e-5f, $"number {i} after eight rounds");
            }
        }
    }

    [TestMethod]
    public void EveryFigureIsThere()
    {
        MachineLimits limits = MachineLimits.Measure(Device, 1e-5, 1 << 20);
        Assert.IsGreaterThan(0, Math.Min(limits.GflopsOneItem, limits.GflopsAllItems), "operations");
        Assert.IsGreaterThan(0, Math.Min(limits.LaunchOneItemUs, limits.QueuedLaunchUs), "launches");
        Assert.IsNotEmpty(limits.Memory, "sizes of memory");
        foreach (MemoryLimit memory in limits.Memory)
        {
            Assert.IsGreaterThan(0, Math.Min(memory.CopyOneItem, memory.ReadAllItems), $"{memory.Kilobytes} KB");
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
}

[TestClass]
public sealed class MachineLimitsTestsOpenCL : MachineLimitsTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class MachineLimitsTestsOpenCLCooperative : MachineLimitsTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class MachineLimitsTestsCuda : MachineLimitsTests
{
    protected override string Spec => Cuda;
}
