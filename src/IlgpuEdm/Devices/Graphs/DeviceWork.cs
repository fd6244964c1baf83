using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>Calls a typed launcher with its arguments.</summary>
internal delegate void Spread<TLauncher, TArguments>(
    TLauncher launcher, AcceleratorStream stream, KernelConfig config, in TArguments arguments)
    where TArguments : struct;

/// <summary>Something that a device was told to do.</summary>
internal abstract class DeviceWork
{
    /// <summary>Does it as if it had not been recorded.</summary>
    public abstract void Run(Device device);

    /// <summary>Puts it on the device's stream, and waits for nothing.</summary>
    public virtual void Enqueue(Device device) => Run(device);
}

/// <summary>A launch with all that it depends on.</summary>
internal sealed class LaunchWork<TLauncher, TArguments>(
    TLauncher launcher, LaunchSize size, in TArguments arguments, Spread<TLauncher, TArguments> spread) : DeviceWork
    where TLauncher : Delegate
    where TArguments : struct
{
    private readonly TArguments _arguments = arguments;

    /// <summary>Whether a launch is this one, to the last bit.</summary>
    public bool Is(TLauncher other, LaunchSize otherSize, in TArguments otherArguments) =>
        ReferenceEquals(launcher, other) && size == otherSize && ArgumentEquality<TArguments>.Same(_arguments, otherArguments);

    public override void Run(Device device) => spread(launcher, device.Stream, size.Config, _arguments);
}

/// <summary>An upload, whose numbers differ each time and lie in staging memory meanwhile.</summary>
internal abstract class UploadWork(long bytes) : DeviceWork
{
    /// <summary>Bytes of the numbers.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Where the numbers lie.</summary>
    public StagedBytes Place { get; set; }
}

/// <summary>An upload of numbers of a type.</summary>
internal sealed class UploadWork<T>(ArrayView<T> target) : UploadWork(target.LengthInBytes)
    where T : unmanaged
{
    /// <summary>Whether an upload goes to the same memory.</summary>
    public bool Is(ArrayView<T> other) => ArgumentEquality<ArrayView<T>>.Same(target, other);

    /// <summary>Keeps the numbers until the work is done.</summary>
    public void Stage(ReadOnlySpan<T> source) => source.CopyTo(MemoryMarshal.Cast<byte, T>(Place.Bytes));

    public override void Run(Device device) => device.UploadNow(MemoryMarshal.Cast<byte, T>(Place.Bytes), target);

    public override void Enqueue(Device device) => device.EnqueueUpload(Place, target);
}

/// <summary>The host waits for the device: all that came before must have been launched.</summary>
internal sealed class WaitWork : DeviceWork
{
    /// <summary>One is like another.</summary>
    public static WaitWork Instance { get; } = new();

    // Who waits does it himself.
    public override void Run(Device device)
    {
    }
}
