using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <content>
/// Cooperative schedule: a product whose rows are the pixels of the whole batch, whose columns are the output channels and whose depth
/// runs over taps and input channels. A group computes a tile of it; the left side is gathered from the images chunk by chunk. The next
/// chunk is on its way into registers while the current one is multiplied.
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
        const int chunk = TileProduct.Chunk;
        var left = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Rows / 4 + 1));
        var right = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Columns / 4));
        var leftChunk = chunk * TileProduct.LeftStride<TTile>();
        var rightChunk = chunk * TileProduct.RightStride<TTile>();
        var tiles = (s.Out + TTile.Columns - 1) / TTile.Columns;
        var row = Grid.IdxX / tiles * TTile.Rows;
        var column = (Grid.IdxX - Grid.IdxX / tiles * tiles) * TTile.Columns;
        var place = ForwardPlace.Of(row, s);
        var depth = s.Depth;
        var writeLeft = left.Cast<float>().SubView((Group.IdxX & 3) * 16 * TileProduct.LeftStride<TTile>() + (Group.IdxX >> 2));
        var writeRight = right.SubView(RightSide.Place<TTile>());
        var part = TileProduct.ThreadPart<TTile>() * (chunk / 2);
        var readLeft = left.SubView(part * TileProduct.LeftStride<TTile>() + TileProduct.ThreadRow<TTile>());
        var readRight = right.SubView(part * TileProduct.RightStride<TTile>() + TileProduct.ThreadColumn<TTile>());
        var from = column + 4 * RightSide.Vector<TTile>();

        TileSums sums = default;
        StoreTransposed<TTile>(writeLeft, Gather<TTile, TStorage>(x, s, place));
        RightSide.Store<TTile>(writeRight, RightSide.Load<TTile, Float32>(weights, 0, depth, from, s.Out));
        Group.Barrier();
        var current = 0;
        for (var k = chunk; k < depth + chunk; k += chunk)
        {
            place = place.Next(s);
            var nextLeft = Gather<TTile, TStorage>(x, s, place);
            var nextRight = RightSide.Load<TTile, Float32>(weights, k, depth, from, s.Out);
            sums = TileProduct.Multiply<TTile>(readLeft.SubView(current * leftChunk), readRight.SubView(current * rightChunk), sums);
            current = 1 - current;
            StoreTransposed<TTile>(writeLeft.SubView(current * 4 * leftChunk), nextLeft);
            RightSide.Store<TTile>(writeRight.SubView(current * rightChunk), nextRight);
            Group.Barrier();
        }

        sums = TileProduct.AddParts<TTile>(left, sums);
        if (part == 0)
        {
            TileOutput.Store<TTile, TStorage>(
                y, s, e, row + 4 * TileProduct.ThreadRow<TTile>(), column + 4 * TileProduct.ThreadColumn<TTile>(), sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorPair Gather<TTile, TStorage>(ConvolutionInput x, ConvolutionShape s, ForwardPlace place)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        VectorPair pair = default;
        pair.First = TileInput.Gather<TTile, TStorage>(x, s, place.First, place.Term, place.Tap, place.Channel);
        if (TTile.RowBlocks == 2)
        {
            pair.Second = TileInput.Gather<TTile, TStorage>(x, s, place.Second, place.Term, place.Tap, place.Channel);
        }

        return pair;
    }

    /// <summary>Writes a thread's share of the left side to shared memory: pixels beside each other, as the product reads them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreTransposed<TTile>(ArrayView<float> to, VectorPair pair)
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

    /// <summary>A thread's share of the input in a chunk: four terms of one pixel, or of two that are 64 apart.</summary>
    private struct ForwardPlace
    {
        /// <summary>The pixel.</summary>
        public PixelPlace First;

        /// <summary>The other pixel.</summary>
        public PixelPlace Second;

        /// <summary>The first of the terms.</summary>
        public int Term;

        /// <summary>Its tap.</summary>
        public int Tap;

        /// <summary>Its channel.</summary>
        public int Channel;

        /// <summary>The thread's share of the first chunk.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ForwardPlace Of(int row, ConvolutionShape s)
        {
            var term = (Group.IdxX & 3) * 4;
            var tap = (int)((uint)term / (uint)s.In);
            return new ForwardPlace
            {
                First = PixelPlace.Of(row + (Group.IdxX >> 2), s),
                Second = PixelPlace.Of(row + (Group.IdxX >> 2) + 64, s),
                Term = term,
                Tap = tap,
                Channel = term - tap * s.In,
            };
        }

        /// <summary>The share of the next chunk.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ForwardPlace Next(ConvolutionShape s)
        {
            var next = this;
            next.Term += TileProduct.Chunk;
            next.Tap += s.ChunkTaps;
            next.Channel += TileProduct.Chunk - s.ChunkTaps * s.In;
            if (next.Channel >= s.In)
            {
                next.Channel -= s.In;
                next.Tap++;
            }

            return next;
        }
    }
}
