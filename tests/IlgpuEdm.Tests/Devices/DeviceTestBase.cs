using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// A test that runs on a device. Each topic is one abstract class with the tests, and one derived class a device that only names it:
/// <c>…Cpu</c>, <c>…OpenCL</c>, <c>…Cuda</c>.
/// </summary>
public abstract class DeviceTestBase
{
    protected const string Cpu = "cpu", OpenCL = "opencl", Cuda = "cuda";

    protected abstract string Spec { get; }

    protected Device Device => TestDevices.Get(Spec);

    [TestInitialize]
    public void DeviceIsThere() => _ = Device;
}
