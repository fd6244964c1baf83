using ILGPU.Runtime;
using IlgpuEdm.Devices;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Training;

/// <summary>Numbers on the host on their way from device to device, in memory that CUDA devices read and write by themselves.</summary>
internal sealed class HostBlock : IDisposable
{
    private readonly float[] _values;
    private readonly PageLockScope<float>? _lock;

    /// <summary>Takes memory.</summary>
    /// <param name="devices">The devices; memory locked for one CUDA device is so for all.</param>
    /// <param name="length">Numbers.</param>
    public HostBlock(IEnumerable<Device> devices, int length)
    {
        _values = GC.AllocateUninitializedArray<float>(length, pinned: true);
        if (devices.FirstOrDefault(device => device.Kind == DeviceKind.Cuda) is { } cuda)
        {
            _lock = Lock(cuda.Accelerator, _values);
        }
    }

    /// <summary>The numbers.</summary>
    public Span<float> Values => _values;

    // Without the lock, for which the system may have too little memory, copies are slower and as right.
    private static PageLockScope<float>? Lock(Accelerator accelerator, float[] values)
    {
        try
        {
            return accelerator.CreatePageLockFromPinned(values);
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Unlocks the memory.</summary>
    public void Dispose() => _lock?.Dispose();
}
