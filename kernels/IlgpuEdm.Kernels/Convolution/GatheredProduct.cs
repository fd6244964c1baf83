using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The product of a convolution by groups of threads: its rows are the pixels of the whole batch, its columns the output channels, its
/// depth runs over taps and input channels. A group computes a tile of it; the left side is gathered from the images chunk by chunk. The
/// next chunk is on its way into registers while the current one is multiplied.
/// </summary>
internal static class GatheredProduct
{
    /// <summary>The first row of the group's tile.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="columns">Columns of the product.</param>
    /// <returns>The row; that of the thread's first block is four times its row of blocks on.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row<TTile>(int columns)
        where TTile : struct, IProductTile => Grid.IdxX / Tiles<TTile>(columns) * TTile.Rows;

    /// <summary>The first column of the group's tile.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="columns">Columns of the product.</param>
    /// <returns>The column; that of the thread's first block is four times its column of blocks on.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Column<TTile>(int columns)
        where TTile : struct, IProductTile
    {
        var tiles = Tiles<TTile>(columns);
        return (Grid.IdxX - Grid.IdxX / tiles * tiles) * TTile.Columns;
    }

    /// <summary>Sums the products of the group's tile; all of its threads take part.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TShare">A thread's share of the left side.</typeparam>
    /// <typeparam name="TInput">What it is gathered from.</typeparam>
    /// <typeparam name="TShape">The convolution.</typeparam>
    /// <param name="share">The thread's share of the first chunk.</param>
    /// <param name="x">The input.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="weights">Weights, <c>[depth, columns]</c>.</param>
    /// <param name="depth">Terms of a sum.</param>
    /// <param name="column">The tile's first column.</param>
    /// <param name="columns">Columns of the product.</param>
    /// <returns>The thread's sums, whole for threads of the first part.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TileSums Sum<TTile, TShare, TInput, TShape>(
        TShare share, TInput x, TShape s, ArrayView<float> weights, int depth, int column, int columns)
        where TTile : struct, IProductTile
        where TShare : struct, IGatheredShare<TShare, TInput, TShape>
        where TInput : struct
        where TShape : struct
    {
        const int chunk = TileProduct.Chunk;
        var left = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Rows / 4 + 1));
        var right = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Columns / 4));
        var leftChunk = chunk * TileProduct.LeftStride<TTile>();
        var rightChunk = chunk * TileProduct.RightStride<TTile>();
        var writeLeft = left.Cast<float>().SubView((Group.IdxX & 3) * 16 * TileProduct.LeftStride<TTile>() + (Group.IdxX >> 2));
        var writeRight = right.SubView(RightSide.Place<TTile>());
        var part = TileProduct.ThreadPart<TTile>() * (chunk / 2);
        var readLeft = left.SubView(part * TileProduct.LeftStride<TTile>() + TileProduct.ThreadRow<TTile>());
        var readRight = right.SubView(part * TileProduct.RightStride<TTile>() + TileProduct.ThreadColumn<TTile>());
        var from = column + 4 * RightSide.Vector<TTile>();

        TileSums sums = default;
        StoreTransposed<TTile>(writeLeft, TShare.Gather<TTile>(share, x, s));
        RightSide.Store<TTile>(writeRight, RightSide.Load<TTile, Float32>(weights, 0, depth, from, columns));
        Group.Barrier();
        var current = 0;
        for (var k = chunk; k < depth + chunk; k += chunk)
        {
            share = TShare.Next(share, s);
            var nextLeft = TShare.Gather<TTile>(share, x, s);
            var nextRight = RightSide.Load<TTile, Float32>(weights, k, depth, from, columns);
            sums = TileProduct.Multiply<TTile>(readLeft.SubView(current * leftChunk), readRight.SubView(current * rightChunk), sums);
            current = 1 - current;
            StoreTransposed<TTile>(writeLeft.SubView(current * 4 * leftChunk), nextLeft);
            RightSide.Store<TTile>(writeRight.SubView(current * rightChunk), nextRight);
            Group.Barrier();
        }

        return TileProduct.AddParts<TTile>(left, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Tiles<TTile>(int columns)
        where TTile : struct, IProductTile => (columns + TTile.Columns - 1) / TTile.Columns;

    // A thread's share of the left side, into shared memory: pixels beside each other, as the product reads them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTransposed<TTile>(ArrayView<float> to, VectorPair pair)
        where TTile : struct, IProductTile
    {
        var stride = 4 * TileProduct.LeftStride<TTile>();
        to[0] = pair.First.X;
        to[stride] = pair.First.Y;
        to[2 * stride] = pair.First.Z;
        to[3 * stride] = pair.First.W;
        if (TTile.RowBlocks == 2)
        {
            to[64] = pair.Second.X;
            to[stride + 64] = pair.Second.Y;
            to[2 * stride + 64] = pair.Second.Z;
            to[3 * stride + 64] = pair.Second.W;
        }
    }
}

/// <summary>
/// A thread's share of the left side of a chunk: four terms of one output pixel, or of two that are 64 apart. A term is a tap and an input
/// channel.
/// </summary>
/// <typeparam name="TSelf">The share.</typeparam>
/// <typeparam name="TInput">What it is gathered from.</typeparam>
/// <typeparam name="TShape">The convolution.</typeparam>
internal interface IGatheredShare<TSelf, TInput, TShape>
{
    /// <summary>The share of the next chunk.</summary>
    /// <param name="share">That of a chunk.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>The share.</returns>
    static abstract TSelf Next(TSelf share, TShape s);

    /// <summary>Takes a share from memory.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="share">The share.</param>
    /// <param name="x">The input.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>Values; zeros beyond the edges and the last tap.</returns>
    static abstract VectorPair Gather<TTile>(TSelf share, TInput x, TShape s)
        where TTile : struct, IProductTile;
}
