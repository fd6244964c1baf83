using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <summary>
/// The device's memory. Buffers that are given back serve later requests of the same size class, so that after the first steps of a
/// loop the device allocates nothing. Views start at multiples of 64 bytes or more and may be read up to 64 floats past their end.
/// </summary>
public sealed class MemoryPool : IDisposable
{
    private const int Alignment = 64;
    private const int Slack = 64;
    private readonly Device _device;
    private readonly Dictionary<long, Stack<PooledBuffer>> _free = [];
    private readonly List<PooledBuffer> _all = [];

    internal MemoryPool(Device device) => _device = device;

    /// <summary>Buffers that nobody holds; tests spoil them, so that an operation that reads what it did not write shows.</summary>
    internal IEnumerable<PooledBuffer> Free => _free.Values.SelectMany(stack => stack);

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
        var size = SizeClass(length + Slack);
        if (!_free.TryGetValue(size, out var stack))
        {
            _free[size] = stack = new Stack<PooledBuffer>();
        }

        if (!stack.TryPop(out var buffer))
        {
            buffer = Allocate(size);
        }

        buffer.Rented = true;
        buffer.View = buffer.Whole.SubView(0, length);
        BytesInUse += size * sizeof(float);
        PeakBytes = Math.Max(PeakBytes, BytesInUse);
        return buffer;
    }

    /// <summary>Gives a buffer back.</summary>
    internal void Return(PooledBuffer buffer)
    {
        if (!buffer.Rented)
        {
            throw new InvalidOperationException("a buffer was given back twice");
        }

        buffer.Rented = false;
        BytesInUse -= buffer.Size * sizeof(float);
        _free[buffer.Size].Push(buffer);
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
        MemoryBuffer1D<float, Stride1D.Dense> memory;
        try
        {
            memory = _device.Accelerator.Allocate1D<float>(size + Alignment / sizeof(float));
        }
        catch (Exception e) when (e is OutOfMemoryException or AcceleratorException)
        {
            throw new EdmException(
                $"out of memory on {_device.Name}: {size * sizeof(float) >> 20} MB more were asked for while {BytesReserved >> 20} MB are held; "
                + "use a smaller --micro-batch (or --batch when sampling)", e);
        }

        ArrayView<float> whole = memory.View;
        DeviceAllocations++;
        BytesReserved += size * sizeof(float);
        var buffer = new PooledBuffer(memory, whole.SubView(Misalignment(whole), size), size);
        _all.Add(buffer);
        return buffer;
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

    // Three significant bits: at most an eighth is wasted, and close sizes share buffers.
    private static long SizeClass(long length)
    {
        var step = Math.Max(64, (long)BitOperations.RoundUpToPowerOf2((ulong)length) / 16);
        return (length + step - 1) / step * step;
    }
}

/// <summary>A buffer of the pool.</summary>
internal sealed class PooledBuffer(MemoryBuffer1D<float, Stride1D.Dense> memory, ArrayView<float> whole, long size)
{
    public MemoryBuffer1D<float, Stride1D.Dense> Memory { get; } = memory;

    public ArrayView<float> Whole { get; } = whole;

    public long Size { get; } = size;

    public ArrayView<float> View { get; set; }

    public bool Rented { get; set; }
}
