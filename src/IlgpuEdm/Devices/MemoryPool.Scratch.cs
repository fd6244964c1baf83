using ILGPU;

namespace IlgpuEdm.Devices;

/// <content>
/// Scratch: memory that an operation needs while it runs. It goes back in the reverse of the order in which it was taken, so one piece of
/// memory, as large as the neediest operation wants, serves all of them.
/// </content>
public sealed partial class MemoryPool
{
    // More than one only until the operation that the last was too small for has ended.
    private readonly List<ScratchPiece> _scratch = [];
    private long _scratchUsed;
    private long _scratchWanted;

    /// <summary>Takes scratch; what it holds is undefined. Give it back before anything that was taken earlier.</summary>
    /// <param name="length">Floats.</param>
    /// <returns>The scratch, for a <c>using</c> declaration.</returns>
    /// <exception cref="EdmException">The device has no more memory.</exception>
    internal Scratch RentScratch(long length)
    {
        RequireAddressable(length);
        var size = (length + (2 * Slack) - 1) / Slack * Slack;
        if (_scratch.Count == 0 || _scratch[^1].Used + size > _scratch[^1].Buffer.Size)
        {
            AddScratch(size);
        }

        var piece = _scratch[^1];
        var start = piece.Used;
        piece.Used += size;
        _scratchUsed += size;
        _scratchWanted = Math.Max(_scratchWanted, _scratchUsed);
        Count(size * sizeof(float));
        return new Scratch(this, piece, start, size, piece.Buffer.Whole.SubView(start, length));
    }

    /// <summary>Takes scratch back.</summary>
    internal void Return(in Scratch scratch)
    {
        if (scratch.Piece.Used != scratch.Start + scratch.Size)
        {
            throw new InvalidOperationException("scratch was not given back in the reverse order");
        }

        scratch.Piece.Used = scratch.Start;
        _scratchUsed -= scratch.Size;
        BytesInUse -= scratch.Size * sizeof(float);
        if (_scratchUsed == 0 && _scratch.Count > 1)
        {
            FreeScratch();
        }
    }

    private void AddScratch(long size)
    {
        if (_scratchUsed == 0)
        {
            FreeScratch();
            size = Math.Max(size, Math.Min(_scratchWanted, MaxLength));
        }

        _scratch.Add(new ScratchPiece(Allocate(SizeClass(size))));
    }

    private void FreeScratch()
    {
        if (_scratch.Count > 0)
        {
            _device.Synchronize();
        }

        foreach (var piece in _scratch)
        {
            Free(piece.Buffer);
        }

        _scratch.Clear();
    }
}

/// <summary>A piece of memory of which the first floats are taken as scratch.</summary>
internal sealed class ScratchPiece(PooledBuffer buffer)
{
    public PooledBuffer Buffer { get; } = buffer;

    public long Used { get; set; }
}

/// <summary>Memory for the time of an operation.</summary>
internal readonly struct Scratch(MemoryPool pool, ScratchPiece piece, long start, long size, ArrayView<float> view) : IDisposable
{
    /// <summary>The memory.</summary>
    public ArrayView<float> View { get; } = view;

    internal ScratchPiece Piece { get; } = piece;

    internal long Start { get; } = start;

    internal long Size { get; } = size;

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => pool.Return(this);
}
