using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <summary>
/// The device's memory. Buffers that are given back serve later requests of the same size class, so that after the first steps of a
/// loop the device allocates nothing. Views start at multiples of 64 bytes or more and may be read up to 64 floats past their end.
/// </summary>
public sealed partial class MemoryPool : IDisposable
{
    /// <summary>
    /// The most floats of a buffer: places are 32-bit numbers on the device, and loops step past the end by up to a piece before they stop.
    /// </summary>
    internal const int MaxLength = int.MaxValue - (1 << 16);

    private const int Alignment = 64;
    private const int Slack = 64;
    private const string WayOut = "use a smaller --micro-batch (or --batch when sampling)";
    private readonly Device _device;
    private readonly Dictionary<long, List<PooledBuffer>> _free = [];
    private readonly HashSet<PooledBuffer> _all = [];

    // The system grants a process more memory than there is, and kills it when it writes there; drivers refuse.
    internal MemoryPool(Device device)
    {
        _device = device;
        Limit = device.Kind == DeviceKind.Cpu ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : long.MaxValue;
    }

    /// <summary>Bytes beyond which the pool does not ask the device.</summary>
    internal long Limit { get; set; }

    /// <summary>Buffers that nobody holds; tests spoil them, so that an operation that reads what it did not write shows.</summary>
    internal IEnumerable<PooledBuffer> FreeBuffers =>
        _free.Values.SelectMany(list => list).Concat(_scratch.Where(piece => piece.Used == 0).Select(piece => piece.Buffer));

    /// <summary>How often the device itself was asked for memory.</summary>
    public long DeviceAllocations { get; private set; }

    /// <summary>Bytes that the pool holds.</summary>
    public long BytesReserved { get; private set; }

    /// <summary>Bytes that are in use.</summary>
    public long BytesInUse { get; private set; }

    /// <summary>The most bytes that were in use at once.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Takes a buffer; what it holds is undefined.</summary>
    /// <param name="length">Floats.</param>
    /// <returns>The buffer.</returns>
    /// <exception cref="EdmException">The device has no more memory.</exception>
    internal PooledBuffer Rent(long length)
    {
        RequireAddressable(length);
        var size = SizeClass(length + Slack);
        if (!_free.TryGetValue(size, out var list))
        {
            _free[size] = list = [];
        }

        var buffer = Pop(list) ?? Allocate(size);
        buffer.Pool = this;
        buffer.View = buffer.Whole.SubView(0, length);
        Count(size * sizeof(float));
        return buffer;
    }

    // The last that came back is the first to be taken: it may still lie in caches.
    private static PooledBuffer? Pop(List<PooledBuffer> list)
    {
        if (list.Count == 0)
        {
            return null;
        }

        var buffer = list[^1];
        list.RemoveAt(list.Count - 1);
        return buffer;
    }

    /// <summary>
    /// Puts the buffers that nobody holds in an order that does not depend on the order in which they came back: after it, the same
    /// requests are served by the same buffers.
    /// </summary>
    internal void Settle()
    {
        foreach (var list in _free.Values)
        {
            list.Sort(static (a, b) => b.Number.CompareTo(a.Number));
        }
    }

    private static void RequireAddressable(long length)
    {
        if (length > MaxLength)
        {
            throw new EdmException(
                $"{length} numbers in one piece are more than the {MaxLength} that kernels can address; {WayOut}");
        }
    }

    private void Count(long bytes)
    {
        BytesInUse += bytes;
        PeakBytes = Math.Max(PeakBytes, BytesInUse);
    }

    private void Free(PooledBuffer buffer)
    {
        buffer.Memory.Dispose();
        BytesReserved -= buffer.Size * sizeof(float);
        _all.Remove(buffer);
    }

    /// <summary>Gives a buffer back.</summary>
    internal void Return(PooledBuffer buffer)
    {
        if (buffer.Pool == null)
        {
            throw new InvalidOperationException("a buffer was given back twice");
        }

        buffer.Pool = null;
        BytesInUse -= buffer.Size * sizeof(float);
        _free[buffer.Size].Add(buffer);
    }

    /// <summary>Frees all memory.</summary>
    public void Dispose()
    {
        foreach (var buffer in _all)
        {
            buffer.Memory.Dispose();
        }

        _all.Clear();
        _free.Clear();
    }

    private PooledBuffer Allocate(long size)
    {
        var memory = TryAllocate(size, out var cause);
        if (memory == null)
        {
            // What lies about in other sizes may be enough.
            FreeUnused();
            memory = TryAllocate(size, out cause) ?? throw new EdmException(
                $"out of memory on {_device.Name}: {size * sizeof(float) >> 20} MB more were asked for while "
                + $"{BytesReserved >> 20} MB are held; {WayOut}", cause);
        }

        ArrayView<float> whole = memory.View;
        DeviceAllocations++;
        BytesReserved += size * sizeof(float);
        var buffer = new PooledBuffer(memory, whole.SubView(Misalignment(whole), size), size, DeviceAllocations);
        _all.Add(buffer);
        return buffer;
    }

    private MemoryBuffer1D<float, Stride1D.Dense>? TryAllocate(long size, out Exception? cause)
    {
        cause = null;
        if (BytesReserved + size * sizeof(float) > Limit)
        {
            return null;
        }

        try
        {
            return _device.Accelerator.Allocate1D<float>(size + Alignment / sizeof(float));
        }
        catch (Exception e) when (e is OutOfMemoryException or AcceleratorException)
        {
            cause = e;
            return null;
        }
    }

    private void FreeUnused()
    {
        _device.Synchronize();
        foreach (var buffer in _free.Values.SelectMany(list => list))
        {
            Free(buffer);
        }

        foreach (var list in _free.Values)
        {
            list.Clear();
        }
    }

    // Drivers align buffers; the CPU accelerator's memory comes as malloc gives it, and a vector across two cache lines costs twice.
    private unsafe int Misalignment(ArrayView<float> view)
    {
        if (_device.Kind != DeviceKind.Cpu)
        {
            return 0;
        }

        var address = (nint)Unsafe.AsPointer(ref view[0]);
        return (int)((Alignment - address % Alignment) % Alignment) / sizeof(float);
    }

    /// <summary>Bytes that a buffer of so many floats takes.</summary>
    internal static long RentedBytes(long length) => SizeClass(length + Slack) * sizeof(float);

    // Three significant bits: at most an eighth is wasted, and close sizes share buffers.
    private static long SizeClass(long length)
    {
        var step = Math.Max(64, (long)BitOperations.RoundUpToPowerOf2((ulong)length) / 16);
        return (length + step - 1) / step * step;
    }
}

/// <summary>
/// A buffer of the pool; scratch is rented in a <c>using</c> declaration, so that it goes back even if memory runs out meanwhile.
/// </summary>
internal sealed class PooledBuffer(MemoryBuffer1D<float, Stride1D.Dense> memory, ArrayView<float> whole, long size, long number)
    : IDisposable
{
    public MemoryBuffer1D<float, Stride1D.Dense> Memory { get; } = memory;

    public ArrayView<float> Whole { get; } = whole;

    public long Size { get; } = size;

    /// <summary>How many were made before it.</summary>
    public long Number { get; } = number;

    public ArrayView<float> View { get; set; }

    /// <summary>The pool while the buffer is rented, else null.</summary>
    public MemoryPool? Pool { get; set; }

    /// <summary>Gives the buffer back to the pool.</summary>
    public void Dispose() => Pool?.Return(this);
}
