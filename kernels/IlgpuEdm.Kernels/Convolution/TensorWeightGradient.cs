using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The gradient of the weights on tensor cores: a product over pixels of the inputs of every tap and the output's gradients, both of which
/// lie in memory as the product wants them. A group computes 128 rows, input channels of one tap or of several, of 64 or 128 output
/// channels over the pixels of a slice; <see cref="ConvolutionWeightGradient"/> adds the slices. A thread's words of 16 rows are those of
/// eight neighbouring pairs, so that it holds, and stores, four neighbouring channels of the result.
/// </summary>
public static class TensorWeightGradient
{
    /// <summary>Rows of a group.</summary>
    public const int Rows = 128;

    private const int Chunk = TensorWeights.Chunk;

    /// <summary>Computes the sums of each slice. A group a tile and slice: columns first, then rows, then slices.</summary>
    /// <param name="x">The input, plain; its channels, those of either of two tensors, divide by 4 numbers of a word.</param>
    /// <param name="dy">The output's gradient, <c>[N, H, W, Out]</c>; Out divides by 4 numbers of a word.</param>
    /// <param name="partial">Receives <c>[slice, Depth + 1, Out]</c>; the last row, the bias's, is left as it is.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="slicePixels">Pixels of a slice; the last has what is left.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    /// <typeparam name="TStorage">How activations lie in memory, in the words' numbers.</typeparam>
    [Cooperative(TensorCores = true)]
    public static void Cooperative<TTile, TFormat, TStorage>(
        ConvolutionInput x, ArrayView<float> dy, ArrayView<float> partial, ConvolutionShape s, int slicePixels)
        where TTile : struct, ITensorTile
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        var ring = SharedMemory.Allocate<Float4>(TTile.Stages * Chunk * (Rows + 8 + TTile.Columns + 8) / 4);
        var tiles = (s.Out + TTile.Columns - 1) / TTile.Columns;
        var rowTiles = (s.Depth + Rows - 1) / Rows;
        var column = Grid.IdxX % tiles * TTile.Columns;
        var row = Grid.IdxX / tiles % rowTiles * Rows;
        var slice = Grid.IdxX / tiles / rowTiles;
        var end = s.Batch * s.Height * s.Width;
        end = end - slice * slicePixels < slicePixels ? end : (slice + 1) * slicePixels;
        var loader = new GradientLoader(x, dy, s, row, column, slice * slicePixels, end, TFormat.Numbers);
        var steps = (end - slice * slicePixels + Chunk * TFormat.Numbers - 1) / (Chunk * TFormat.Numbers);
        for (var stage = 0; stage < TTile.Stages - 1; stage++)
        {
            Load<TTile, TFormat>(ref loader, ring, stage, stage < steps);
        }

        var lane = Group.IdxX & 31;
        var warp = Group.IdxX >> 5;
        var warpColumns = TTile.Columns / 32;
        var row0 = warp / warpColumns * 32 * TTile.Pieces;
        var column0 = warp % warpColumns * 32;
        var left = (lane & 3) * (Rows + 8) + (row0 + 2 * (lane >> 2)) / TFormat.Numbers;
        var right = Chunk * (Rows + 8) + (lane & 3) * (TTile.Columns + 8) + (column0 + 2 * (lane >> 2)) / TFormat.Numbers;
        var first = default(WarpSums);
        var second = default(WarpSums);
        var at = 0;
        for (var step = 0; step < steps; step++)
        {
            AsyncCopy.Wait(TTile.Stages - 2);
            Group.Barrier();
            Load<TTile, TFormat>(ref loader, ring, at == 0 ? TTile.Stages - 1 : at - 1, step + TTile.Stages - 1 < steps);
            var l = at * StageWords<TTile>() + left;
            var r = at * StageWords<TTile>() + right;
            var b = Right<TTile, TFormat>(ring, r, 0);
            first = TFormat.Multiply(Left<TFormat>(ring, l, 0), b, first);
            if (TTile.Pieces == 2)
            {
                second = TFormat.Multiply(Left<TFormat>(ring, l, 32 / TFormat.Numbers), b, second);
            }

            b = Right<TTile, TFormat>(ring, r, 8 * (TTile.Columns + 8));
            first = TFormat.Multiply(Left<TFormat>(ring, l, 8 * (Rows + 8)), b, first);
            if (TTile.Pieces == 2)
            {
                second = TFormat.Multiply(Left<TFormat>(ring, l, 8 * (Rows + 8) + 32 / TFormat.Numbers), b, second);
            }

            at = at == TTile.Stages - 1 ? 0 : at + 1;
        }

        row += row0 + 2 * (lane >> 2);
        column += column0 + 4 * (lane & 3);
        Store(partial, first, s, slice, row, column);
        if (TTile.Pieces == 2)
        {
            Store(partial, second, s, slice, row + 32, column);
        }
    }

    // Numbers of a word rows of pixels, each as many times shorter: the same for both formats.
    private static int StageWords<TTile>()
        where TTile : struct, ITensorTile => Chunk * (Rows + 8 + TTile.Columns + 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpLeft Left<TFormat>(ArrayView<Float4> ring, int base0, int o)
        where TFormat : struct, IMatrixFormat
    {
        var p = TFormat.Pair<GradientRows>(ring, base0, o);
        var q = TFormat.Pair<GradientRows>(ring, base0, o + 4 * (Rows + 8));
        var u = TFormat.Pair<GradientRows>(ring, base0, o + 16 / TFormat.Numbers);
        var v = TFormat.Pair<GradientRows>(ring, base0, o + 16 / TFormat.Numbers + 4 * (Rows + 8));
        return new WarpLeft { Upper = new UInt4(p.X, p.Y, q.X, q.Y), Lower = new UInt4(u.X, u.Y, v.X, v.Y) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpRight Right<TTile, TFormat>(ArrayView<Float4> ring, int base0, int o)
        where TTile : struct, ITensorTile
        where TFormat : struct, IMatrixFormat
    {
        var next = o + 4 * (TTile.Columns + 8);
        var p = TFormat.Pair<TTile>(ring, base0, o);
        var q = TFormat.Pair<TTile>(ring, base0, next);
        var u = TFormat.Pair<TTile>(ring, base0, o + 16 / TFormat.Numbers);
        var v = TFormat.Pair<TTile>(ring, base0, next + 16 / TFormat.Numbers);
        return new WarpRight { B0 = new UInt2(p.X, q.X), B1 = new UInt2(p.Y, q.Y), B2 = new UInt2(u.X, v.X), B3 = new UInt2(u.Y, v.Y) };
    }

    private static void Load<TTile, TFormat>(ref GradientLoader loader, ArrayView<Float4> ring, int stage, bool load)
        where TTile : struct, ITensorTile
        where TFormat : struct, IMatrixFormat
    {
        if (load)
        {
            var start = stage * StageWords<TTile>() / 4;
            var vectors = Rows / 4 / TFormat.Numbers;
            var stride = (Rows + 8) / 4 / TFormat.Numbers;
            var line = Group.IdxX / vectors;
            var place = start + line * stride + Group.IdxX % vectors;
            loader.Inputs(ring, place, 256 / vectors * stride);
            start += Chunk * (Rows + 8) / 4;
            vectors = TTile.Columns / 4 / TFormat.Numbers;
            stride = (TTile.Columns + 8) / 4 / TFormat.Numbers;
            line = Group.IdxX / vectors;
            place = start + line * stride + Group.IdxX % vectors;
            loader.Gradients(ring, place, line, Group.IdxX % vectors);
            if (TTile.Columns == 128)
            {
                loader.Gradients(ring, place + 256 / vectors * stride, line + 256 / vectors, Group.IdxX % vectors);
            }

            loader.Advance();
        }

        AsyncCopy.Commit();
    }

    private static void Store(ArrayView<float> partial, WarpSums sums, ConvolutionShape s, int slice, int row, int column)
    {
        Row(partial, s, slice, row, column, sums.U0.X, sums.U1.X, sums.U0.Y, sums.U1.Y, sums.U2.X, sums.U3.X, sums.U2.Y, sums.U3.Y);
        Row(partial, s, slice, row + 1, column, sums.U0.Z, sums.U1.Z, sums.U0.W, sums.U1.W, sums.U2.Z, sums.U3.Z, sums.U2.W, sums.U3.W);
        Row(partial, s, slice, row + 16, column, sums.L0.X, sums.L1.X, sums.L0.Y, sums.L1.Y, sums.L2.X, sums.L3.X, sums.L2.Y, sums.L3.Y);
        Row(partial, s, slice, row + 17, column, sums.L0.Z, sums.L1.Z, sums.L0.W, sums.L1.W, sums.L2.Z, sums.L3.Z, sums.L2.W, sums.L3.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(
        ArrayView<float> partial, ConvolutionShape s, int slice, int row, int column, float a0, float a1, float a2, float a3, float b0,
        float b1, float b2, float b3)
    {
        var at = (slice * (s.Depth + 1) + row) * s.Out + column;
        if (row < s.Depth && column < s.Out)
        {
            Float32.Store4(partial, at, new Float4(a0, a1, a2, a3));
        }

        if (row < s.Depth && column + 16 < s.Out)
        {
            Float32.Store4(partial, at + 16, new Float4(b0, b1, b2, b3));
        }
    }
}

/// <summary>The lines of inputs in shared memory.</summary>
public struct GradientRows : ILine
{
    /// <inheritdoc/>
    public static int Columns => TensorWeightGradient.Rows;
}
