using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Devices;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>A table of numbers of any type on the device, in a buffer of its pool.</summary>
internal sealed class DeviceTable<T> : IDisposable
    where T : unmanaged
{
    private readonly PooledBuffer _buffer;

    public DeviceTable(Device device, ReadOnlySpan<T> values)
    {
        var size = Unsafe.SizeOf<T>();
        _buffer = device.Pool.Rent(((long)values.Length * size + sizeof(float) - 1) / sizeof(float));
        View = _buffer.View.Cast<T>();
        device.Upload(values, View);
    }

    public ArrayView<T> View { get; }

    public void Dispose() => _buffer.Dispose();
}
