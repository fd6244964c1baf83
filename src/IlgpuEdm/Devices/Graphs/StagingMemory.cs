using ILGPU.Runtime;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>Host memory from which a recording's uploads are copied; page-locked for CUDA, which then reads it by itself.</summary>
internal sealed class StagingMemory : IDisposable
{
    private const int Alignment = 64;
    private readonly byte[] _bytes;
    private readonly PageLockScope<byte>? _lock;

    /// <summary>Takes memory for some uploads, and gives each its place.</summary>
    /// <exception cref="GraphException">They are too much, or the system has too little memory to lock.</exception>
    public StagingMemory(Device device, IReadOnlyList<UploadWork> uploads)
    {
        var total = uploads.Sum(upload => Padded(upload.Bytes));
        if (total > Array.MaxLength)
        {
            throw new GraphException($"{total} bytes to upload are too many");
        }

        _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Max(total, Alignment), pinned: true);
        if (device.Kind == DeviceKind.Cuda)
        {
            _lock = Lock(device.Accelerator);
        }

        var first = 0L;
        foreach (var upload in uploads)
        {
            upload.Place = new StagedBytes(_bytes, (int)first, (int)upload.Bytes);
            first += Padded(upload.Bytes);
        }
    }

    private PageLockScope<byte> Lock(Accelerator accelerator)
    {
        try
        {
            return accelerator.CreatePageLockFromPinned(_bytes);
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException)
        {
            throw new GraphException($"memory for uploads cannot be page-locked ({e.Message})", e);
        }
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Unlocks the memory.</summary>
    public void Dispose() => _lock?.Dispose();
}

/// <summary>Some bytes of an array that does not move.</summary>
internal readonly struct StagedBytes(byte[] array, int first, int length)
{
    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => array.AsSpan(first, length);
}
