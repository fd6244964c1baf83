using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// Products of a group's 64 rows with the 64 or 128 of a tile, both of channels that lie side by side: scores, and the gradient of the
/// probabilities. Steps of 16 channels of both go through shared memory as they lie, the next one on its way in registers; a thread
/// takes the products of its 4 rows with every sixteenth row of the tile, four channels a load.
/// </summary>
internal static class RowProducts
{
    /// <summary>Computes the products; the group's threads meet in it before it first writes to shared memory.</summary>
    /// <param name="left">Holds the group's rows.</param>
    /// <param name="leftStart">The first row's first channel.</param>
    /// <param name="leftStride">From a row to the next.</param>
    /// <param name="leftRows">Rows that are there.</param>
    /// <param name="right">Holds the tile's rows.</param>
    /// <param name="rightStart">The first row's first channel.</param>
    /// <param name="rightStride">From a row to the next.</param>
    /// <param name="rightRows">Rows that are there.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="stage">Shared memory for a step of all rows.</param>
    /// <returns>For each of the thread's rows the products with the rows at <c>column + 16 j</c>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScoreBlock Compute<TStorage, TTile>(
        ArrayView<float> left, int leftStart, int leftStride, int leftRows,
        ArrayView<float> right, int rightStart, int rightStride, int rightRows, int depth, ArrayView<Float4> stage)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        var row = Group.IdxX >> 2;
        var channel = 4 * (Group.IdxX & 3);
        var a = leftStart + row * leftStride;
        var b = rightStart + row * rightStride;
        var c = b + 64 * rightStride;
        var put = stage.SubView(row * AttentionTile.StepStride + (Group.IdxX & 3));
        var rows = stage.SubView(4 * AttentionTile.StepStride * AttentionThread.Row());
        var columns = stage.SubView(AttentionTile.StepRows + AttentionTile.StepStride * AttentionThread.Column());
        var nextA = AttentionThread.Load<TStorage, TTile>(left, a, row < leftRows, channel, depth);
        var nextB = AttentionThread.Load<TStorage, TTile>(right, b, row < rightRows, channel, depth);
        var nextC = Second<TStorage, TTile>(right, c, row + 64 < rightRows, channel, depth);
        ScoreBlock sums = default;
        for (var first = 0; first < depth; first += AttentionTile.Step)
        {
            Group.Barrier();
            put[0] = nextA;
            put[AttentionTile.StepRows] = nextB;
            if (TTile.ColumnBlocks == 2)
            {
                put[2 * AttentionTile.StepRows] = nextC;
            }

            Group.Barrier();
            channel += AttentionTile.Step;
            nextA = AttentionThread.Load<TStorage, TTile>(left, a, row < leftRows, channel, depth);
            nextB = AttentionThread.Load<TStorage, TTile>(right, b, row < rightRows, channel, depth);
            nextC = Second<TStorage, TTile>(right, c, row + 64 < rightRows, channel, depth);
            sums = Add<TTile>(rows, columns, 0, sums);
            sums = Add<TTile>(rows, columns, 1, sums);
            sums = Add<TTile>(rows, columns, 2, sums);
            sums = Add<TTile>(rows, columns, 3, sums);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Second<TStorage, TTile>(ArrayView<float> view, int start, bool inside, int channel, int channels)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile =>
        TTile.ColumnBlocks == 2
            ? AttentionThread.Load<TStorage, TTile>(view, start, inside, channel, channels)
            : new Float4(0f, 0f, 0f, 0f);

    // Four channels of each row and column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ScoreBlock Add<TTile>(ArrayView<Float4> rows, ArrayView<Float4> columns, int quarter, ScoreBlock sums)
        where TTile : struct, IAttentionTile
    {
        const int stride = AttentionTile.StepStride;
        var a0 = rows[quarter];
        var a1 = rows[stride + quarter];
        var a2 = rows[2 * stride + quarter];
        var a3 = rows[3 * stride + quarter];
        sums.B0 = Columns(a0, a1, a2, a3, columns, quarter, sums.B0);
        if (TTile.ColumnBlocks == 2)
        {
            sums.B1 = Columns(a0, a1, a2, a3, columns, AttentionTile.StepRows + quarter, sums.B1);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block4x4 Columns(Float4 a0, Float4 a1, Float4 a2, Float4 a3, ArrayView<Float4> columns, int offset, Block4x4 sums)
    {
        const int stride = 16 * AttentionTile.StepStride;
        var b = columns[offset];
        sums.R0.X = Dot(a0, b, sums.R0.X);
        sums.R1.X = Dot(a1, b, sums.R1.X);
        sums.R2.X = Dot(a2, b, sums.R2.X);
        sums.R3.X = Dot(a3, b, sums.R3.X);
        b = columns[stride + offset];
        sums.R0.Y = Dot(a0, b, sums.R0.Y);
        sums.R1.Y = Dot(a1, b, sums.R1.Y);
        sums.R2.Y = Dot(a2, b, sums.R2.Y);
        sums.R3.Y = Dot(a3, b, sums.R3.Y);
        b = columns[2 * stride + offset];
        sums.R0.Z = Dot(a0, b, sums.R0.Z);
        sums.R1.Z = Dot(a1, b, sums.R1.Z);
        sums.R2.Z = Dot(a2, b, sums.R2.Z);
        sums.R3.Z = Dot(a3, b, sums.R3.Z);
        b = columns[3 * stride + offset];
        sums.R0.W = Dot(a0, b, sums.R0.W);
        sums.R1.W = Dot(a1, b, sums.R1.W);
        sums.R2.W = Dot(a2, b, sums.R2.W);
        sums.R3.W = Dot(a3, b, sums.R3.W);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(Float4 a, Float4 b, float sum) =>
        Gpu.Fma(a.W, b.W, Gpu.Fma(a.Z, b.Z, Gpu.Fma(a.Y, b.Y, Gpu.Fma(a.X, b.X, sum))));
}

/// <summary>A thread's scores of a tile: four rows, and every sixteenth column of one block of 64 or of two.</summary>
internal struct ScoreBlock
{
    /// <summary>Columns of the first block.</summary>
    public Block4x4 B0;

    /// <summary>Columns of the second block.</summary>
    public Block4x4 B1;
}
