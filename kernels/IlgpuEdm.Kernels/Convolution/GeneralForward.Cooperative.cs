using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <content>
/// Cooperative schedule: the implicit product of <see cref="ConvolutionForward"/>, with each pixel's taps where kernel, stride and padding
/// have them.
/// </content>
public static partial class GeneralForward
{
    /// <summary><c>y = max(conv(x) + bias, floor)</c>.</summary>
    /// <typeparam name="TTile">The tile of a group; counts and places of channels fit.</typeparam>
    /// <param name="x">The input, <c>[N, H, W, In]</c>.</param>
    /// <param name="weights">Weights, <c>[kernel y, kernel x, In, Out]</c>.</param>
    /// <param name="bias">A float a channel.</param>
    /// <param name="y">The tensor of which channels are written, <c>[N, OutHeight, OutWidth, OutStride]</c>.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="floor">0 for a rectifier, negative infinity for none.</param>
    [Cooperative(GroupsPerMultiprocessor = 2)]
    public static void Cooperative<TTile>(
        ArrayView<float> x, ArrayView<float> weights, ArrayView<float> bias, ArrayView<float> y, GeneralShape s, float floor)
        where TTile : struct, IProductTile
    {
        const int chunk = TileProduct.Chunk;
        var left = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Rows / 4 + 1));
        var right = SharedMemory.Allocate<Float4>(2 * chunk * (TTile.Columns / 4));
        var leftChunk = chunk * TileProduct.LeftStride<TTile>();
        var rightChunk = chunk * TileProduct.RightStride<TTile>();
        var tiles = (s.Out + TTile.Columns - 1) / TTile.Columns;
        var row = Grid.IdxX / tiles * TTile.Rows;
        var column = (Grid.IdxX - Grid.IdxX / tiles * tiles) * TTile.Columns;
        var place = GeneralPlace.Of(row, s);
        var depth = s.Depth;
        var writeLeft = left.Cast<float>().SubView((Group.IdxX & 3) * 16 * TileProduct.LeftStride<TTile>() + (Group.IdxX >> 2));
        var writeRight = right.SubView(RightSide.Place<TTile>());
        var part = TileProduct.ThreadPart<TTile>() * (chunk / 2);
        var readLeft = left.SubView(part * TileProduct.LeftStride<TTile>() + TileProduct.ThreadRow<TTile>());
        var readRight = right.SubView(part * TileProduct.RightStride<TTile>() + TileProduct.ThreadColumn<TTile>());
        var from = column + 4 * RightSide.Vector<TTile>();

        TileSums sums = default;
        ConvolutionForward.StoreTransposed<TTile>(writeLeft, place.Gather<TTile>(x, s));
        RightSide.Store<TTile>(writeRight, RightSide.Load<TTile, Float32>(weights, 0, depth, from, s.Out));
        Group.Barrier();
        var current = 0;
        for (var k = chunk; k < depth + chunk; k += chunk)
        {
            place = place.Next(s);
            var nextLeft = place.Gather<TTile>(x, s);
            var nextRight = RightSide.Load<TTile, Float32>(weights, k, depth, from, s.Out);
            sums = TileProduct.Multiply<TTile>(readLeft.SubView(current * leftChunk), readRight.SubView(current * rightChunk), sums);
            current = 1 - current;
            ConvolutionForward.StoreTransposed<TTile>(writeLeft.SubView(current * 4 * leftChunk), nextLeft);
            RightSide.Store<TTile>(writeRight.SubView(current * rightChunk), nextRight);
            Group.Barrier();
        }

        sums = TileProduct.AddParts<TTile>(left, sums);
        if (part == 0)
        {
            Store<TTile>(
                y, bias, s, floor, row + 4 * TileProduct.ThreadRow<TTile>(), column + 4 * TileProduct.ThreadColumn<TTile>(), sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TTile>(
        ArrayView<float> y, ArrayView<float> bias, GeneralShape s, float floor, int row, int column, TileSums sums)
        where TTile : struct, IProductTile
    {
        for (var i = 0; i < 4 * TTile.RowBlocks * TTile.ColumnBlocks; i++)
        {
            var pixel = row + TileSums.RowOf<TTile>(i);
            var channel = column + TileSums.ColumnOf<TTile>(i);
            if (pixel < s.Batch * s.OutPixels && channel < s.Out)
            {
                var to = pixel * s.OutStride + s.OutFirst + channel;
                var four = sums.Vector<TTile>(i);
                if (TTile.InFours)
                {
                    four = Four.Add(four, Float32.Load4(bias.AsAligned(16), channel));
                    Float32.Store4(y.AsAligned(16), to, Four.Max(four, floor));
                }
                else
                {
                    for (var c = 0; c < 4 && channel + c < s.Out; c++)
                    {
                        var sum = (c == 0 ? four.X : c == 1 ? four.Y : c == 2 ? four.Z : four.W) + bias[channel + c];
                        y[to + c] = sum < floor ? floor : sum;
                    }
                }
            }
        }
    }
}
