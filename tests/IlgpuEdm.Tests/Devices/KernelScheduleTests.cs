using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Which kernels a device runs.</summary>
[TestClass]
public sealed class KernelScheduleTests
{
    [TestMethod]
    [DataRow("cpu", KernelSchedule.Auto, KernelSchedule.Fat)]
    [DataRow("cpu", KernelSchedule.Fat, KernelSchedule.Fat)]
    [DataRow("cpu:emulator", KernelSchedule.Auto, KernelSchedule.Cooperative)]
    [DataRow("cpu:emulator", KernelSchedule.Fat, KernelSchedule.Fat)]
    public void ADeviceRunsWhatIsAskedForOrSuitsIt(string spec, KernelSchedule asked, KernelSchedule expected)
    {
        using var device = Device.Open(spec, asked);
        Assert.AreEqual(expected, device.Schedule, $"schedule of {spec}");
    }

    [TestMethod]
    public void TheCpuRefusesTheCooperativeSchedule()
    {
        var e = Assert.ThrowsExactly<EdmException>(() => Device.Open("cpu", KernelSchedule.Cooperative));
        StringAssert.Contains(e.Message, "device 'cpu' cannot run the cooperative schedule", "what is wrong");
        Assert.DoesNotContain("\n", e.Message, "one line");
    }

    [TestMethod]
    public void AKernelOfTheOtherScheduleIsAnError()
    {
        using var device = Device.Open("cpu:emulator");
        using var tape = new Tape(device, recording: false);
        device.Schedule = KernelSchedule.Fat;
        var x = tape.From([1f, 2f], 2);
        device.Schedule = KernelSchedule.Cooperative;
        var e = Assert.ThrowsExactly<InvalidOperationException>(
            () => device.Launch(IlgpuEdm.Kernels.Elementwise.StorageKernels.Narrow, 1, default, x.View, x.View, 2));
        StringAssert.Contains(e.Message, "StorageKernels.Narrow is not of the Cooperative schedule", "which kernel");
    }
}
