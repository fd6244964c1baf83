using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// Sums of rows of channels with a weight each: the output from probabilities and values, the gradients from theirs. The weights of 64
/// tokens lie in shared memory, <c>[token][row]</c>; the tokens' channels follow through shared memory in pieces of 8 KiB, the next one on
/// its way in registers. A thread has 4 rows and 4, 8 or 16 channels.
/// </summary>
internal static class WeightedRows
{
    /// <summary>Floats of a piece, in units of four.</summary>
    public const int Piece = 512;

    /// <summary>From one of a thread's four columns to the next.</summary>
    public const int ColumnStride = 16 * AttentionTile.WeightStride;

    /// <summary>The thread's part of the weights: four rows of every sixteenth column.</summary>
    /// <param name="weights">Shared memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ArrayView<Float4> Own(ArrayView<Float4> weights) =>
        weights.SubView(AttentionThread.Column() * AttentionTile.WeightStride + AttentionThread.Row());

    /// <summary>Puts a block of scores where the weights will be.</summary>
    /// <param name="own">The thread's part.</param>
    /// <param name="block">Its four rows of every sixteenth column.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ArrayView<Float4> own, Block4x4 block)
    {
        own[0] = new Float4(block.R0.X, block.R1.X, block.R2.X, block.R3.X);
        own[ColumnStride] = new Float4(block.R0.Y, block.R1.Y, block.R2.Y, block.R3.Y);
        own[2 * ColumnStride] = new Float4(block.R0.Z, block.R1.Z, block.R2.Z, block.R3.Z);
        own[3 * ColumnStride] = new Float4(block.R0.W, block.R1.W, block.R2.W, block.R3.W);
    }

    /// <summary>Adds tokens' channels, each with its weight of every row; weights of tokens that are not there must be 0.</summary>
    /// <param name="weights">The weights, put by all threads; these meet in here before any is read.</param>
    /// <param name="source">Holds the tokens' channels.</param>
    /// <param name="start">The first token's first channel that counts.</param>
    /// <param name="stride">From a token to the next.</param>
    /// <param name="tokens">Tokens, at most 64.</param>
    /// <param name="channels">Channels that are there.</param>
    /// <param name="stage">Shared memory for a piece.</param>
    /// <param name="sums">The sums so far.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowSums Add<TStorage, TTile>(
        ArrayView<Float4> weights, ArrayView<float> source, int start, int stride, int tokens, int channels, ArrayView<Float4> stage,
        RowSums sums)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        var token = Group.IdxX / (16 * TTile.ChannelBlocks);
        var channel = 4 * (Group.IdxX & (16 * TTile.ChannelBlocks - 1));
        var half = 16 / TTile.ChannelBlocks;
        var put = stage.SubView(Group.IdxX);
        var place = start + token * stride;
        var next0 = AttentionThread.Load<TStorage, TTile>(source, place, token < tokens, channel, channels);
        var next1 = AttentionThread.Load<TStorage, TTile>(source, place + half * stride, token + half < tokens, channel, channels);
        var rows = weights.SubView(AttentionThread.Row());
        var columns = stage.SubView(AttentionThread.Column());
        for (var first = 0; first < tokens; first += 2 * half)
        {
            Group.Barrier();
            put[0] = next0;
            put[Piece / 2] = next1;
            Group.Barrier();
            token += 2 * half;
            place += 2 * half * stride;
            next0 = AttentionThread.Load<TStorage, TTile>(source, place, token < tokens, channel, channels);
            next1 = AttentionThread.Load<TStorage, TTile>(source, place + half * stride, token + half < tokens, channel, channels);
            for (var k = 0; k < 2 * half; k += 4)
            {
                var w = rows.SubView((first + k) * AttentionTile.WeightStride);
                var x = columns.SubView(16 * TTile.ChannelBlocks * k);
                sums = Token<TTile>(w, x, 0, sums);
                sums = Token<TTile>(w, x, 1, sums);
                sums = Token<TTile>(w, x, 2, sums);
                sums = Token<TTile>(w, x, 3, sums);
            }
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RowSums Token<TTile>(ArrayView<Float4> weights, ArrayView<Float4> channels, int token, RowSums sums)
        where TTile : struct, IAttentionTile
    {
        var place = 16 * TTile.ChannelBlocks * token;
        var w = weights[AttentionTile.WeightStride * token];
        sums.C0 = Block4x4.MultiplyAdd(w, channels[place], sums.C0);
        if (TTile.ChannelBlocks >= 2)
        {
            sums.C1 = Block4x4.MultiplyAdd(w, channels[place + 16], sums.C1);
        }

        if (TTile.ChannelBlocks == 4)
        {
            sums.C2 = Block4x4.MultiplyAdd(w, channels[place + 32], sums.C2);
            sums.C3 = Block4x4.MultiplyAdd(w, channels[place + 48], sums.C3);
        }

        return sums;
    }
}
