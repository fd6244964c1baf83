using System.Runtime.CompilerServices;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Devices;

/// <summary>The memory pool, on a device of its own so that its counters start at nothing.</summary>
[TestClass]
public sealed class MemoryPoolTests
{
    private readonly Device device = Device.Open("cpu");

    [TestCleanup]
    public void Close() => device.Dispose();

    [TestMethod]
    public void ABufferGivenBackServesTheNextRequest()
    {
        var first = device.Pool.Rent(1000);
        device.Pool.Return(first);
        var second = device.Pool.Rent(990);
        Assert.AreSame(first, second, "the buffer of a close size");
        Assert.AreEqual(990L, second.View.Length, "what was asked for");
        Assert.AreEqual(1L, device.Pool.DeviceAllocations, "allocations");
    }

    [TestMethod]
    public void BuffersInUseAreDistinct()
    {
        PooledBuffer[] buffers = [.. Enumerable.Range(0, 5).Select(_ => device.Pool.Rent(77))];
        for (var i = 0; i < buffers.Length; i++)
        {
            float[] values = [.. Enumerable.Repeat((float)i, 77)];
            device.Upload<float>(values, buffers[i].View);
        }

        for (var i = 0; i < buffers.Length; i++)
        {
            var values = new float[77];
            device.Download(buffers[i].View, values);
            Assert.IsTrue(values.All(v => v == i), $"buffer {i} holds what was written to it");
        }

        Assert.AreEqual(5L, device.Pool.DeviceAllocations, "allocations");
    }

    [TestMethod]
    public void CountersFollowUse()
    {
        var pool = device.Pool;
        PooledBuffer small = pool.Rent(100), large = pool.Rent(10_000);
        var both = pool.BytesInUse;
        Assert.IsGreaterThanOrEqualTo(10_100L * sizeof(float), both, "bytes of both");
        Assert.IsLessThan(12_500L * sizeof(float), both, "bytes wasted");
        Assert.AreEqual(both, pool.BytesReserved, "bytes held");

        pool.Return(large);
        Assert.IsLessThan(300L * sizeof(float), pool.BytesInUse, "bytes of the small one");
        pool.Return(small);
        Assert.AreEqual(0L, pool.BytesInUse, "bytes in use when all is back");
        Assert.AreEqual(both, pool.BytesReserved, "bytes held when all is back");
        Assert.AreEqual(both, pool.PeakBytes, "peak");
    }

    [TestMethod]
    public void GivingBackTwiceIsRefused()
    {
        var buffer = device.Pool.Rent(10);
        device.Pool.Return(buffer);
        Assert.ThrowsExactly<InvalidOperationException>(() => device.Pool.Return(buffer), "second return");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(333)]
    [DataRow(70_000)]
    public void BuffersStartAtCacheLines(int length)
    {
        var view = device.Pool.Rent(length).View;
        Assert.AreEqual(0, Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref view[0]) % 64, "address modulo 64");
    }

    [TestMethod]
    public void OutOfMemoryNamesTheWayOut()
    {
        var e = Assert.ThrowsExactly<EdmException>(() => device.Pool.Rent(1L << 44), "more memory than there is");
        StringAssert.Contains(e.Message, "--micro-batch", "what to do");
        Assert.DoesNotContain("\n", e.Message, "one line");
    }

    [TestMethod]
    public void TheLimitIsRefusedBeforeTheSystemKillsTheProcess()
    {
        device.Pool.Limit = 1 << 20;
        var e = Assert.ThrowsExactly<EdmException>(() => device.Pool.Rent(1 << 18), "1 MB and what goes with it");
        StringAssert.Contains(e.Message, "--micro-batch", "what to do");
        Assert.AreEqual(0L, device.Pool.BytesInUse, "bytes in use");
    }

    [TestMethod]
    public void UnusedBuffersAreFreedWhereMemoryRunsShort()
    {
        device.Pool.Limit = 1 << 20;
        PooledBuffer unused = device.Pool.Rent(200_000), small = device.Pool.Rent(1000);
        device.Pool.Return(unused);
        using var large = device.Pool.Rent(230_000);
        Assert.IsLessThanOrEqualTo(1L << 20, device.Pool.BytesReserved, "bytes held");
        Assert.AreEqual(device.Pool.BytesInUse, device.Pool.BytesReserved, "nothing unused is held");
        device.Pool.Return(small);
        Assert.AreSame(small, device.Pool.Rent(1000), "what was in use stays good");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AStepThatRunsOutOfMemoryGivesEverythingBack(bool checkpointing)
    {
        var options = new SongUNetOptions { Height = 8, Width = 8, ImageChannels = 1, ModelChannels = 8, ChannelMult = [1, 2], BlocksPerLevel = 1 };
        using var model = new TrainingModel(device, new ModelOptions { Network = options }, 0) { Checkpointing = checkpointing };
        var batch = new Batch { FirstImage = 0, Size = 8, Images = new float[8 * 64], Labels = [.. Enumerable.Repeat(-1, 8)] };
        var before = device.Pool.BytesInUse;
        for (var allowed = 1; ; allowed += 5)
        {
            device.Pool.Limit = before + allowed * 4096L;
            try
            {
                model.Step(batch, 8);
                break;
            }
            catch (EdmException e)
            {
                StringAssert.Contains(e.Message, "--micro-batch", "what to do");
                Assert.AreEqual(before, device.Pool.BytesInUse, $"bytes in use after a failure with {allowed} pages");
            }
        }

        Assert.AreEqual(before, device.Pool.BytesInUse, "bytes in use after the step");
        Assert.IsGreaterThan(before + 40 * 4096L, device.Pool.Limit, "several places failed");
    }
}
