using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>What a thread computes of the result: four rows, and four channels in each of up to four blocks of 64.</summary>
internal struct RowSums
{
    /// <summary>Channels of the first block.</summary>
    public Block4x4 C0;

    /// <summary>Channels of the second block.</summary>
    public Block4x4 C1;

    /// <summary>Channels of the third block.</summary>
    public Block4x4 C2;

    /// <summary>Channels of the fourth block.</summary>
    public Block4x4 C3;

    /// <summary>Multiplies each row by its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSums Scale<TTile>(Float4 factors, RowSums sums)
        where TTile : struct, IAttentionTile
    {
        sums.C0 = Scale(factors, sums.C0);
        if (TTile.ChannelBlocks >= 2)
        {
            sums.C1 = Scale(factors, sums.C1);
        }

        if (TTile.ChannelBlocks == 4)
        {
            sums.C2 = Scale(factors, sums.C2);
            sums.C3 = Scale(factors, sums.C3);
        }

        return sums;
    }

    /// <summary>Writes or adds to the group's rows.</summary>
    /// <param name="sums">The thread's part.</param>
    /// <param name="view">The tensor.</param>
    /// <param name="start">The group's first channel of its first row.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Rows that are there.</param>
    /// <param name="channels">Channels that are there.</param>
    /// <param name="accumulate">0 to overwrite, else what is there is added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStorage, TTile>(
        RowSums sums, ArrayView<float> view, int start, int stride, int rows, int channels, int accumulate)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        var channel = 4 * AttentionThread.Column();
        StoreBlock<TStorage, TTile>(sums.C0, view, start, stride, rows, channel, channels, accumulate);
        if (TTile.ChannelBlocks >= 2)
        {
            StoreBlock<TStorage, TTile>(sums.C1, view, start, stride, rows, channel + 64, channels, accumulate);
        }

        if (TTile.ChannelBlocks == 4)
        {
            StoreBlock<TStorage, TTile>(sums.C2, view, start, stride, rows, channel + 128, channels, accumulate);
            StoreBlock<TStorage, TTile>(sums.C3, view, start, stride, rows, channel + 192, channels, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreBlock<TStorage, TTile>(
        Block4x4 block, ArrayView<float> view, int start, int stride, int rows, int channel, int channels, int accumulate)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        var row = 4 * AttentionThread.Row();
        var place = start + row * stride;
        AttentionThread.Store<TStorage, TTile>(view, place, row < rows, channel, channels, block.R0, accumulate);
        AttentionThread.Store<TStorage, TTile>(view, place + stride, row + 1 < rows, channel, channels, block.R1, accumulate);
        AttentionThread.Store<TStorage, TTile>(view, place + 2 * stride, row + 2 < rows, channel, channels, block.R2, accumulate);
        AttentionThread.Store<TStorage, TTile>(view, place + 3 * stride, row + 3 < rows, channel, channels, block.R3, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block4x4 Scale(Float4 factors, Block4x4 block)
    {
        block.R0 = Scale(factors.X, block.R0);
        block.R1 = Scale(factors.Y, block.R1);
        block.R2 = Scale(factors.Z, block.R2);
        block.R3 = Scale(factors.W, block.R3);
        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Scale(float factor, Float4 row) => new(factor * row.X, factor * row.Y, factor * row.Z, factor * row.W);
}
