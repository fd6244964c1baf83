using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <content>
/// Cooperative schedule: a <see cref="GatheredProduct"/>.
/// </content>
public static partial class ConvolutionForward
{
    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>, added to y if asked for.</summary>
    /// <typeparam name="TTile">The tile of a group; both counts of channels, and those of either tensor, fit.</typeparam>
    /// <typeparam name="TStorage">How input, residual and output are stored.</typeparam>
    /// <param name="x">The input, <c>[N, H, W, In]</c>, as it is.</param>
    /// <param name="weights">Weights, <c>[kernel y, kernel x, In, Out]</c>.</param>
    /// <param name="y">Output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sum; nothing is gathered.</param>
    [Cooperative(GroupsPerMultiprocessor = 2)]
    public static void Cooperative<TTile, TStorage>(
        ConvolutionInput x, ArrayView<float> weights, ConvolutionOutput y, ConvolutionShape s, Epilogue e)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        int row = GatheredProduct.Row<TTile>(s.Out), column = GatheredProduct.Column<TTile>(s.Out);
        var sums = GatheredProduct.Sum<TTile, ForwardPlace<TStorage>, ConvolutionInput, ConvolutionShape>(
            ForwardPlace<TStorage>.Of(row, s), x, s, weights, s.Depth, column, s.Out);
        if (TileProduct.ThreadPart<TTile>() == 0)
        {
            TileOutput.Store<TTile, TStorage>(
                y, s, e, row + 4 * TileProduct.ThreadRow<TTile>(), column + 4 * TileProduct.ThreadColumn<TTile>(), sums);
        }
    }

    /// <summary>A thread's share of the input in a chunk: four terms of one pixel, or of two that are 64 apart.</summary>
    private struct ForwardPlace<TStorage> : IGatheredShare<ForwardPlace<TStorage>, ConvolutionInput, ConvolutionShape>
        where TStorage : struct, IStorage
    {
        /// <summary>The pixel.</summary>
        public PixelPlace First;

        /// <summary>The other pixel.</summary>
        public PixelPlace Second;

        /// <summary>The terms.</summary>
        public TermPlace Terms;

        /// <summary>The thread's share of the first chunk.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ForwardPlace<TStorage> Of(int row, ConvolutionShape s) => new()
        {
            First = PixelPlace.Of(row + (Group.IdxX >> 2), s),
            Second = PixelPlace.Of(row + (Group.IdxX >> 2) + 64, s),
            Terms = TermPlace.Of((Group.IdxX & 3) * 4, s.In),
        };

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ForwardPlace<TStorage> Next(ForwardPlace<TStorage> share, ConvolutionShape s)
        {
            share.Terms = share.Terms.Next(s.ChunkTaps, s.In);
            return share;
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static VectorPair Gather<TTile>(ForwardPlace<TStorage> share, ConvolutionInput x, ConvolutionShape s)
            where TTile : struct, IProductTile
        {
            VectorPair pair = default;
            pair.First = TileInput.Gather<TTile, TStorage>(x, s, share.First, share.Terms);
            if (TTile.RowBlocks == 2)
            {
                pair.Second = TileInput.Gather<TTile, TStorage>(x, s, share.Second, share.Terms);
            }

            return pair;
        }
    }
}
