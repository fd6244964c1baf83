using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Copies between host and device.</summary>
public abstract class TransferTests : DeviceTestBase
{
    [TestMethod]
    public void MoreThanAViewHoldsIsRefused()
    {
        using var buffer = Device.Pool.Rent(3);
        Assert.ThrowsExactly<ArgumentException>(() => Device.Upload<float>(new float[4], buffer.View), "four numbers into three places");
        Assert.ThrowsExactly<ArgumentException>(() => Device.Download(buffer.View, new float[4]), "four numbers out of three places");
    }

    [TestMethod]
    public void NumbersComeBackAsTheyWent()
    {
        using var tape = new Tape(Device, recording: false);
        foreach (var length in new[] { 1, 63, 64, 65, 5000 })
        {
            float[] values = [.. Enumerable.Range(0, length).Select(i => i - 0.5f)];
            CollectionAssert.AreEqual(values, tape.From(values, length).ToArray(), $"{length} floats");
        }
    }

    [TestMethod]
    public void NumbersComputedInStretchesAreAllThere()
    {
        // One stretch, several, and more than the buffer of a device with memory of its own holds.
        foreach (var length in new[] { 1, 1 << 14, (1 << 14) + 1, (1 << 20) + 12345 })
        {
            using var buffer = Device.Pool.Rent(length);
            Device.Write(buffer.View, (first, values) =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = first + i;
                }
            });
            var written = new float[length];
            Device.Download(buffer.View, written);
            CollectionAssert.AreEqual(Enumerable.Range(0, length).Select(i => (float)i).ToArray(), written, $"{length} numbers");
        }
    }

    [TestMethod]
    public void TheGarbageCollectorMayMoveArraysBetweenCopies()
    {
        // A copy that the driver finishes after the array has moved writes into what lies there now.
        var stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                // Without a pause the collections would leave the copies no time on a machine of two cores.
                GC.Collect(0);
                Thread.Sleep(1);
            }
        })
        { IsBackground = true };
        collector.Start();
        var wrong = 0;
        using (var tape = new Tape(Device, recording: false))
        {
            for (var round = 0; round < 600; round++)
            {
                var values = new float[5000];
                Array.Fill(values, round);
                var x = tape.From(values, values.Length);
                var y = tape.Silu(x);
                wrong += y.ToArray().Contains(0f) && round > 0 ? 1 : 0;
                wrong += x.ToArray().All(v => v == round) ? 0 : 1;
                x.Release();
                y.Release();
            }
        }

        Volatile.Write(ref stop, true);
        collector.Join();
        Assert.AreEqual(0, wrong, "arrays that were not copied whole");
    }
}

[TestClass]
public sealed class TransferTestsCpu : TransferTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TransferTestsOpenCL : TransferTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class TransferTestsCuda : TransferTests
{
    protected override string Spec => Cuda;
}
