using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// A test that runs on a device. Each topic is one abstract class with the tests, and one derived class a device that only names it:
/// <c>…Cpu</c>, <c>…OpenCL</c>, <c>…Cuda</c>, and for kernels of GPUs <c>…OpenCLCooperative</c>, <c>…Emulator</c>.
/// </summary>
public abstract class DeviceTestBase
{
    protected const string Cpu = "cpu", OpenCL = "opencl", Cuda = "cuda";

    /// <summary>Kernels for GPUs on whatever OpenCL device is there, and at toy size on the CPU.</summary>
    protected const string OpenCLCooperative = "opencl;cooperative", Emulator = "cpu:emulator";

    protected abstract string Spec { get; }

    protected Device Device => TestDevices.Get(Spec);

    [TestInitialize]
    public void DeviceIsThere() => _ = Device;
}
