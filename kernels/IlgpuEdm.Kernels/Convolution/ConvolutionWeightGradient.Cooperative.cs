using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <content>
/// Cooperative schedule: a product whose rows are taps and input channels, whose columns are the output channels and whose depth runs over
/// the pixels of the whole batch, in which both sides lie in memory as the product reads them. Too few tiles for a GPU make a result, so
/// its depth is cut into slices, a set of tiles each; a second kernel adds them in order. The bias is the sum of the right side.
/// </content>
public static partial class ConvolutionWeightGradient
{
    /// <summary>Sums each slice of the pixels by itself.</summary>
    /// <typeparam name="TTile">The tile of a group; both counts of channels, and those of either tensor, fit.</typeparam>
    /// <typeparam name="TStorage">How input and gradient are stored.</typeparam>
    /// <param name="x">The input, <c>[N, H, W, In]</c>, as it is.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="partial">Receives <c>[slice, row, Out]</c>: the rows of the weights, then one of the bias.</param>
    /// <param name="s">The convolution, with its slices.</param>
    [Cooperative(GroupsPerMultiprocessor = 2)]
    public static void Cooperative<TTile, TStorage>(
        ConvolutionInput x, ArrayView<float> dy, ArrayView<float> partial, ConvolutionShape s)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        const int chunk = TileProduct.Chunk;
        var left = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Rows / 4 + 1));
        var right = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Columns / 4));
        var leftChunk = chunk * TileProduct.LeftStride<TTile>();
        var rightChunk = chunk * TileProduct.RightStride<TTile>();
        var tiles = (s.Out + TTile.Columns - 1) / TTile.Columns;
        var ofSlice = tiles * ((s.Depth + TTile.Rows - 1) / TTile.Rows);
        var slice = Grid.IdxX / ofSlice;
        var tile = Grid.IdxX - slice * ofSlice;
        var row = tile / tiles * TTile.Rows;
        var column = (tile - tile / tiles * tiles) * TTile.Columns;
        var pixels = s.Batch * s.Height * s.Width;
        var pixel = SliceStart(slice, s.Slices, pixels);
        var end = SliceStart(slice + 1, s.Slices, pixels);
        var place = GradientPlace.Of<TTile>(row, pixel, end, s);
        var from = column + 4 * RightSide.Vector<TTile>();
        var writeLeft = left.SubView(GradientPlace.Row<TTile>() * TileProduct.LeftStride<TTile>() + GradientPlace.Vector<TTile>());
        var writeRight = right.SubView(RightSide.Place<TTile>());
        var part = TileProduct.ThreadPart<TTile>() * (chunk / 2);
        var readLeft = left.SubView(part * TileProduct.LeftStride<TTile>() + TileProduct.ThreadRow<TTile>());
        var readRight = right.SubView(part * TileProduct.RightStride<TTile>() + TileProduct.ThreadColumn<TTile>());

        TileSums sums = default;
        Float4 bias = default;
        StoreLeft<TTile>(writeLeft, Gather<TTile, TStorage>(x, s, place));
        var nextRight = RightSide.Load<TTile, TStorage>(dy, pixel, end, from, s.Out);
        RightSide.Store<TTile>(writeRight, nextRight);
        Group.Barrier();
        var current = 0;
        for (var p = pixel + chunk; p < end + chunk; p += chunk)
        {
            bias = nextRight.AddTo<TTile>(bias);
            place = place.Next(end, s);
            var nextLeft = Gather<TTile, TStorage>(x, s, place);
            nextRight = RightSide.Load<TTile, TStorage>(dy, p, end, from, s.Out);
            sums = TileProduct.Multiply<TTile>(readLeft.SubView(current * leftChunk), readRight.SubView(current * rightChunk), sums);
            current = 1 - current;
            StoreLeft<TTile>(writeLeft.SubView(current * leftChunk), nextLeft);
            RightSide.Store<TTile>(writeRight.SubView(current * rightChunk), nextRight);
            Group.Barrier();
        }

        sums = TileProduct.AddParts<TTile>(left, sums);
        var to = slice * (s.Depth + 1);
        if (part == 0)
        {
            TileOutput.Store<TTile>(
                partial, to, s.Depth, row + 4 * TileProduct.ThreadRow<TTile>(), column + 4 * TileProduct.ThreadColumn<TTile>(), s.Out,
                sums);
        }

        right[Group.IdxX] = bias;
        Group.Barrier();
        if (row == 0 && Group.IdxX < TTile.Columns / 4)
        {
            bias = right[Group.IdxX];
            for (var i = Group.IdxX + TTile.Columns / 4; i < TileProduct.Threads; i += TTile.Columns / 4)
            {
                bias = Float4.MultiplyAdd(1f, right[i], bias);
            }

            TileOutput.Row<TTile>(partial, to + s.Depth, from, s.Out, bias);
        }
    }

    /// <summary>Adds the slices, in order, to the gradients of weights and bias.</summary>
    /// <param name="partial">What <see cref="Cooperative"/> made.</param>
    /// <param name="weights">Gradient of the weights, <c>[kernel y, kernel x, In, Out]</c>, added to.</param>
    /// <param name="bias">Gradient of the bias, <c>[Out]</c>, added to.</param>
    /// <param name="s">The convolution, with its slices.</param>
    /// <param name="useBias">0 where there is no bias.</param>
    /// <param name="scale">Factor of the sums.</param>
    [Cooperative]
    public static void ReduceCooperative(
        ArrayView<float> partial, ArrayView<float> weights, ArrayView<float> bias, ConvolutionShape s, int useBias, float scale)
    {
        var size = s.Depth * s.Out;
        var stride = size + s.Out;
        var count = useBias != 0 ? stride : size;
        var step = s.Out % 4 == 0 ? 4 : 1;
        for (var i = (Grid.IdxX * TileProduct.Threads + Group.IdxX) * step; i < count; i += Grid.DimX * TileProduct.Threads * step)
        {
            var to = (i < size ? weights : bias).AsAligned(16);
            var at = i < size ? i : i - size;
            if (step == 4)
            {
                Float4 sum = default;
                for (var slice = 0; slice < s.Slices; slice++)
                {
                    sum = Float4.MultiplyAdd(1f, Float32.Load4(partial, slice * stride + i), sum);
                }

                Float32.Store4(to, at, Float4.MultiplyAdd(scale, sum, Float32.Load4(to, at)));
            }
            else
            {
                var sum = 0f;
                for (var slice = 0; slice < s.Slices; slice++)
                {
                    sum += partial[slice * stride + i];
                }

                to[at] = Gpu.Fma(scale, sum, to[at]);
            }
        }
    }

    // Slices start where chunks do.
    private static int SliceStart(int slice, int slices, int pixels)
    {
        var start = WorkShare.Start(slice, slices, (pixels + TileProduct.Chunk - 1) / TileProduct.Chunk) * TileProduct.Chunk;
        return start < pixels ? start : pixels;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorPair Gather<TTile, TStorage>(ConvolutionInput x, ConvolutionShape s, GradientPlace place)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        VectorPair pair = default;
        pair.First = TileInput.Gather<TTile, TStorage>(x, s, place.First, place.Terms);
        if (TTile.Rows == 128)
        {
            pair.Second = TileInput.Gather<TTile, TStorage>(x, s, place.Second, place.Terms);
        }

        return pair;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLeft<TTile>(ArrayView<Float4> to, VectorPair pair)
        where TTile : struct, IProductTile
    {
        to[0] = pair.First;
        if (TTile.Rows == 128)
        {
            to[8 * TileProduct.LeftStride<TTile>()] = pair.Second;
        }
    }
}
