namespace IlgpuEdm.Data;

/// <summary>
/// Holds the decoded images of a data set in blocks, since a byte array ends at 2 GB. Blocks past half the physical memory
/// lie in memory-mapped temporary files. Different images may be written and read by different threads.
/// </summary>
internal sealed class PixelStore : IDisposable
{
    private const long BlockBytes = 256L << 20;

    private readonly long count;
    private readonly int imagesPerBlock;
    private readonly long memoryBudget;
    private readonly PixelBlock?[] blocks;
    private readonly Lock gate = new();
    private bool disposed;

    public PixelStore(int imageBytes, long count)
        : this(imageBytes, count, BlockBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2)
    {
    }

    public PixelStore(int imageBytes, long count, long blockBytes, long memoryBudget)
    {
        ImageBytes = imageBytes;
        this.count = count;
        this.memoryBudget = memoryBudget;
        imagesPerBlock = (int)Math.Max(1, blockBytes / imageBytes);
        blocks = new PixelBlock?[checked((int)((count + imagesPerBlock - 1) / imagesPerBlock))];
    }

    public int ImageBytes { get; }

    public bool UsesFile
    {
        get
        {
            lock (gate)
            {
                return blocks.Any(b => b is MappedBlock);
            }
        }
    }

    public void Write(long index, ReadOnlySpan<byte> pixels)
    {
        CheckArguments(index, pixels.Length);
        var (block, offset) = Locate(index);
        block.Write(offset, pixels);
    }

    public void Read(long index, Span<byte> pixels)
    {
        CheckArguments(index, pixels.Length);
        var (block, offset) = Locate(index);
        block.Read(offset, pixels);
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            for (var i = 0; i < blocks.Length; i++)
            {
                blocks[i]?.Dispose();
                blocks[i] = null;
            }
        }
    }

    private void CheckArguments(long index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, ImageBytes);
    }

    private (PixelBlock Block, long Offset) Locate(long index)
    {
        var (number, image) = Math.DivRem(index, imagesPerBlock);
        return (Volatile.Read(ref blocks[number]) ?? Create(number), image * ImageBytes);
    }

    // Only when first written: the count in a damaged header may promise far more images than there are.
    private PixelBlock Create(long number)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (blocks[number] is { } existing)
            {
                return existing;
            }
            var bytes = Math.Min(imagesPerBlock, count - (number * imagesPerBlock)) * ImageBytes;
            var end = (number * imagesPerBlock * ImageBytes) + bytes;
            PixelBlock block = end <= memoryBudget ? new MemoryBlock(bytes) : new MappedBlock(bytes);
            Volatile.Write(ref blocks[number], block);
            return block;
        }
    }
}
