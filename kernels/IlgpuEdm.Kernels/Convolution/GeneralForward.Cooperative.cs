using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <content>
/// Cooperative schedule: a <see cref="GatheredProduct"/>, as <see cref="ConvolutionForward"/> has it, with each pixel's taps where kernel,
/// stride and padding have them.
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
        int row = GatheredProduct.Row<TTile>(s.Out), column = GatheredProduct.Column<TTile>(s.Out);
        var sums = GatheredProduct.Sum<TTile, GeneralPlace, ArrayView<float>, GeneralShape>(
            GeneralPlace.Of(row, s), x, s, weights, s.Depth, column, s.Out);
        if (TileProduct.ThreadPart<TTile>() == 0)
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
