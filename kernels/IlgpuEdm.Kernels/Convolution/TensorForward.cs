using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The forward pass, and with turned weights the input's gradient, on tensor cores: an implicit product of pixels and output channels. A
/// group computes 128 pixels of 64 or 128 channels. Chunks of 16 words, of one tap's neighbouring pixels and of its weights, run through
/// a ring in shared memory, filled by asynchronous copies of 16 bytes that also write the zeros beyond the edges; the padding of 4 words a
/// pixel and 8 a row of weights lets a warp read its words without conflicts of banks.
/// </summary>
public static class TensorForward
{
    /// <summary>Pixels of a group.</summary>
    public const int Rows = 128;

    private const int Chunk = TensorWeights.Chunk;
    private const int PixelWords = Chunk + 4;
    private const int RowPadding = 8;

    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>, added to y if asked for. A group a tile, columns first.</summary>
    /// <param name="x">The input, plain; its channels, those of either of two tensors, divide by 4 numbers of a word.</param>
    /// <param name="words">The weights (see <see cref="TensorWeights"/>).</param>
    /// <param name="y">Output; its channels, those of either of two tensors, divide by 4.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sum.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    /// <typeparam name="TStorage">How activations lie in memory, in the words' numbers.</typeparam>
    [Cooperative(TensorCores = true)]
    public static void Cooperative<TTile, TFormat, TStorage>(
        ConvolutionInput x, ArrayView<float> words, ConvolutionOutput y, ConvolutionShape s, Epilogue e)
        where TTile : struct, ITensorTile
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        var ring = SharedMemory.Allocate<Float4>(TTile.Stages * (Rows * PixelWords + Chunk * (TTile.Columns + RowPadding)) / 4);
        var tiles = (s.Out + TTile.Columns - 1) / TTile.Columns;
        var column = Grid.IdxX % tiles * TTile.Columns;
        var pixel = Grid.IdxX / tiles * Rows;
        var loader = new TensorLoader(x, words, s, pixel, column, TFormat.Numbers);
        var steps = s.Kernel * s.Kernel * (TensorWeights.TapWords(s.In, TFormat.Numbers) / Chunk);
        for (var stage = 0; stage < TTile.Stages - 1; stage++)
        {
            Load<TTile>(ref loader, ring, stage, stage < steps);
        }

        var lane = Group.IdxX & 31;
        var warp = Group.IdxX >> 5;
        var warpColumns = TTile.Columns / 32;
        var row0 = warp / warpColumns * 32 * TTile.Pieces;
        var column0 = warp % warpColumns * 32;
        var left = (row0 + (lane >> 2)) * PixelWords + (lane & 3);
        var right = Rows * PixelWords + (lane & 3) * (TTile.Columns + RowPadding) + column0 + (lane >> 2);
        var first = default(WarpSums);
        var second = default(WarpSums);
        var at = 0;
        for (var step = 0; step < steps; step++)
        {
            AsyncCopy.Wait(TTile.Stages - 2);
            Group.Barrier();
            Load<TTile>(ref loader, ring, at == 0 ? TTile.Stages - 1 : at - 1, step + TTile.Stages - 1 < steps);
            var stage = ring.Cast<uint>().SubView(at * StageWords<TTile>());
            var l = stage.SubView(left);
            var r = stage.SubView(right);
            var b = Right<TTile>(r, 0);
            first = TFormat.Multiply(Left<TFormat>(l, 0), b, first);
            if (TTile.Pieces == 2)
            {
                second = TFormat.Multiply(Left<TFormat>(l, 32 * PixelWords), b, second);
            }

            b = Right<TTile>(r, 8 * (TTile.Columns + RowPadding));
            first = TFormat.Multiply(Left<TFormat>(l, 8), b, first);
            if (TTile.Pieces == 2)
            {
                second = TFormat.Multiply(Left<TFormat>(l, 32 * PixelWords + 8), b, second);
            }

            at = at == TTile.Stages - 1 ? 0 : at + 1;
        }

        pixel += row0 + (lane >> 2);
        column += column0 + 2 * (lane & 3);
        TensorEpilogue.Store<TStorage>(first, y, s, e, pixel, column);
        if (TTile.Pieces == 2)
        {
            TensorEpilogue.Store<TStorage>(second, y, s, e, pixel + 32, column);
        }
    }

    private static int StageWords<TTile>()
        where TTile : struct, ITensorTile => Rows * PixelWords + Chunk * (TTile.Columns + RowPadding);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpLeft Left<TFormat>(ArrayView<uint> l, int o)
        where TFormat : struct, IMatrixFormat => new()
        {
            Upper = Words<TFormat>(l, o),
            Lower = Words<TFormat>(l, o + 16 * PixelWords),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt4 Words<TFormat>(ArrayView<uint> l, int o)
        where TFormat : struct, IMatrixFormat => new(
            TFormat.Prepare(l[o]), TFormat.Prepare(l[o + 8 * PixelWords]), TFormat.Prepare(l[o + 4]),
            TFormat.Prepare(l[o + 8 * PixelWords + 4]));

    // Weights were rounded when they were packed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpRight Right<TTile>(ArrayView<uint> r, int o)
        where TTile : struct, ITensorTile
    {
        var next = o + 4 * (TTile.Columns + RowPadding);
        return new WarpRight
        {
            B0 = new UInt2(r[o], r[next]),
            B1 = new UInt2(r[o + 8], r[next + 8]),
            B2 = new UInt2(r[o + 16], r[next + 16]),
            B3 = new UInt2(r[o + 24], r[next + 24]),
        };
    }

    // A batch even where nothing is left to load, so that waiting counts the same batches everywhere.
    private static void Load<TTile>(ref TensorLoader loader, ArrayView<Float4> ring, int stage, bool load)
        where TTile : struct, ITensorTile
    {
        if (load)
        {
            var start = stage * StageWords<TTile>() / 4;
            var thread = Group.IdxX;
            loader.Pixels(ring, start + (thread >> 2) * (PixelWords / 4) + (thread & 3), 64 * (PixelWords / 4));
            start += Rows * PixelWords / 4;
            if (TTile.Columns == 128)
            {
                loader.Weights(ring, start + (thread >> 5) * ((128 + RowPadding) / 4) + (thread & 31), thread >> 5, (thread & 31) * 4);
                loader.Weights(
                    ring, start + (8 + (thread >> 5)) * ((128 + RowPadding) / 4) + (thread & 31), 8 + (thread >> 5), (thread & 31) * 4);
            }
            else
            {
                loader.Weights(ring, start + (thread >> 4) * ((64 + RowPadding) / 4) + (thread & 15), thread >> 4, (thread & 15) * 4);
            }

            loader.Advance();
        }

        AsyncCopy.Commit();
    }
}
