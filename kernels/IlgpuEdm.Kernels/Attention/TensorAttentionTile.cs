using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// What a group of 8 warps has at once on tensor cores: 32 tokens' rows a row of warps, and the tokens that they meet 32 a column of warps.
/// The columns of the interface are channels of a head: of the result a warp has 32 rows and a warp column's share of the channels.
/// </summary>
public interface ITensorAttentionTile : ILine
{
    /// <summary>Rows of warps, 2 or 4.</summary>
    static abstract int WarpRows { get; }

    /// <summary>Pieces of 32 channels of a warp's part of the result, 1 or 2.</summary>
    static abstract int Pieces { get; }

    /// <summary>Words along the sum of a chunk of the lines that are summed; with the pieces, 16 products a thread and chunk.</summary>
    static abstract int LineWords { get; }
}

/// <summary>The tile of a forward kernel.</summary>
public interface ITensorForwardTile : ITensorAttentionTile;

/// <summary>Heads of up to 64 channels: 128 queries meet 64 keys.</summary>
public struct TensorAttention64 : ITensorForwardTile
{
    /// <inheritdoc/>
    public static int Columns => 64;

    /// <inheritdoc/>
    public static int WarpRows => 4;

    /// <inheritdoc/>
    public static int Pieces => 1;

    /// <inheritdoc/>
    public static int LineWords => 16;
}

/// <summary>Heads of up to 128 channels: 128 queries meet 64 keys.</summary>
public struct TensorAttention128 : ITensorForwardTile
{
    /// <inheritdoc/>
    public static int Columns => 128;

    /// <inheritdoc/>
    public static int WarpRows => 4;

    /// <inheritdoc/>
    public static int Pieces => 2;

    /// <inheritdoc/>
    public static int LineWords => 8;
}

/// <summary>Heads of up to 256 channels: 64 queries meet 128 keys.</summary>
public struct TensorAttention256 : ITensorForwardTile
{
    /// <inheritdoc/>
    public static int Columns => 256;

    /// <inheritdoc/>
    public static int WarpRows => 2;

    /// <inheritdoc/>
    public static int Pieces => 2;

    /// <inheritdoc/>
    public static int LineWords => 8;
}

/// <summary>Sizes that follow from a tile, and a thread's place in it.</summary>
public static class TensorAttentionTile
{
    /// <summary>Words of a chunk of rows that are multiplied with each other.</summary>
    internal const int Chunk = 16;

    /// <summary>From a row of a chunk to the next; banks are not met twice.</summary>
    internal const int RowWords = Chunk + 4;

    /// <summary>Rows of both sides of a chunk: 128 and 64, or 64 and 128.</summary>
    internal const int BothRows = 192;

    /// <summary>Shared memory that chunks of rows and of lines take turns in, in units of 16 bytes.</summary>
    internal const int Ring = 2 * BothRows * RowWords / 4;

    /// <summary>Tokens whose result a group computes.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>64 or 128.</returns>
    public static int Rows<TTile>()
        where TTile : struct, ITensorAttentionTile => 32 * TTile.WarpRows;

    /// <summary>Columns of warps.</summary>
    internal static int WarpColumns<TTile>()
        where TTile : struct, ITensorAttentionTile => 8 / TTile.WarpRows;

    /// <summary>Tokens that the rows meet at once.</summary>
    internal static int Tokens<TTile>()
        where TTile : struct, ITensorAttentionTile => 32 * WarpColumns<TTile>();

    /// <summary>From a row of weights to the next, in words: half the tokens', which is all of them in words of two numbers.</summary>
    internal static int WeightWords<TTile>()
        where TTile : struct, ITensorAttentionTile => Tokens<TTile>() / 2 + 4;

    /// <summary>The shared memory of weights, in units of 16 bytes.</summary>
    internal static int Weights<TTile>()
        where TTile : struct, ITensorAttentionTile => Rows<TTile>() * WeightWords<TTile>() / 4;

    /// <summary>The first of the thread's rows; the others follow at distances of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Row<TTile>()
        where TTile : struct, ITensorAttentionTile =>
        (Group.IdxX >> 5) / WarpColumns<TTile>() * 32 + ((Group.IdxX & 31) >> 2);

    /// <summary>The thread's column of warps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int WarpColumn<TTile>()
        where TTile : struct, ITensorAttentionTile => (Group.IdxX >> 5) % WarpColumns<TTile>();

    /// <summary>The first token that the thread's scores are of; the second follows, and further pairs at distances of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Token<TTile>()
        where TTile : struct, ITensorAttentionTile => 32 * WarpColumn<TTile>() + 2 * (Group.IdxX & 3);
}
