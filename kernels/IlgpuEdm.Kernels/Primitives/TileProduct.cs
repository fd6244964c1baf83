using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The inner part of a product that a group computes tile by tile: chunks of both operands lie in shared memory with the depth as their
/// rows, <c>[k][row]</c> and <c>[k][column]</c>, twice, so that one pair is filled while the other is multiplied. A step of the depth
/// reads 16 bytes a block of either side and makes 16 fused multiply-adds a pair of blocks.
/// </summary>
public static class TileProduct
{
    /// <summary>Depth of a chunk.</summary>
    public const int Chunk = 16;

    /// <summary>Threads of a group.</summary>
    public const int Threads = CooperativeAttribute.GroupSize;

    // Rows and columns between a thread's blocks, in vectors.
    private const int Apart = 16;

    /// <summary>Vectors from one k to the next of the left operand; the odd one keeps transposed writes from meeting in one bank.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The stride.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeftStride<TTile>()
        where TTile : struct, IProductTile => TTile.Rows / 4 + 1;

    /// <summary>Vectors from one k to the next of the right operand.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The stride.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RightStride<TTile>()
        where TTile : struct, IProductTile => TTile.Columns / 4;

    /// <summary>The thread's column of blocks.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>Its first block starts at four times as many columns.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ThreadColumn<TTile>()
        where TTile : struct, IProductTile => Group.IdxX & (TTile.Columns / 4 / TTile.ColumnBlocks - 1);

    /// <summary>The thread's row of blocks.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>Its first block starts at four times as many rows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ThreadRow<TTile>()
        where TTile : struct, IProductTile =>
        (int)((uint)Group.IdxX / (uint)(TTile.Columns / 4 / TTile.ColumnBlocks)) & (TTile.Rows / 4 / TTile.RowBlocks - 1);

    /// <summary>The thread's part of a chunk's depth.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>From 0 to the tile's parts - 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ThreadPart<TTile>()
        where TTile : struct, IProductTile => TTile.Parts == 1 ? 0 : Group.IdxX / (Threads / 2);

    /// <summary>Adds the products of a chunk.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="left">The left chunk, from the thread's first block of its part on.</param>
    /// <param name="right">The right chunk, likewise.</param>
    /// <param name="sums">The sums so far.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TileSums Multiply<TTile>(ArrayView<Float4> left, ArrayView<Float4> right, TileSums sums)
        where TTile : struct, IProductTile
    {
        // Written out: ILGPU unrolls no loop.
        sums = Step<TTile>(left, right, 0, sums);
        sums = Step<TTile>(left, right, 1, sums);
        sums = Step<TTile>(left, right, 2, sums);
        sums = Step<TTile>(left, right, 3, sums);
        sums = Step<TTile>(left, right, 4, sums);
        sums = Step<TTile>(left, right, 5, sums);
        sums = Step<TTile>(left, right, 6, sums);
        sums = Step<TTile>(left, right, 7, sums);
        if (TTile.Parts == 1)
        {
            sums = Step<TTile>(left, right, 8, sums);
            sums = Step<TTile>(left, right, 9, sums);
            sums = Step<TTile>(left, right, 10, sums);
            sums = Step<TTile>(left, right, 11, sums);
            sums = Step<TTile>(left, right, 12, sums);
            sums = Step<TTile>(left, right, 13, sums);
            sums = Step<TTile>(left, right, 14, sums);
            sums = Step<TTile>(left, right, 15, sums);
        }

        return sums;
    }

    /// <summary>Where the tile has two parts, adds the second's sums to the first's; all threads of the group take part.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="shared">Shared memory for 512 vectors that nobody reads any more.</param>
    /// <param name="sums">The thread's sums.</param>
    /// <returns>The whole sums for threads of the first part.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TileSums AddParts<TTile>(ArrayView<Float4> shared, TileSums sums)
        where TTile : struct, IProductTile
    {
        if (TTile.Parts == 1)
        {
            return sums;
        }

        const int half = Threads / 2;
        var place = shared.SubView(Group.IdxX & (half - 1));
        if (Group.IdxX >= half)
        {
            place[0] = sums.S00.R0;
            place[half] = sums.S00.R1;
            place[2 * half] = sums.S00.R2;
            place[3 * half] = sums.S00.R3;
        }

        Group.Barrier();
        sums.S00.R0 = Float4.MultiplyAdd(1f, place[0], sums.S00.R0);
        sums.S00.R1 = Float4.MultiplyAdd(1f, place[half], sums.S00.R1);
        sums.S00.R2 = Float4.MultiplyAdd(1f, place[2 * half], sums.S00.R2);
        sums.S00.R3 = Float4.MultiplyAdd(1f, place[3 * half], sums.S00.R3);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TileSums Step<TTile>(ArrayView<Float4> left, ArrayView<Float4> right, int k, TileSums sums)
        where TTile : struct, IProductTile
    {
        var rows = left[k * LeftStride<TTile>()];
        var columns = right[k * RightStride<TTile>()];
        sums.S00 = Block4x4.MultiplyAdd(rows, columns, sums.S00);
        if (TTile.ColumnBlocks == 2)
        {
            var others = right[k * RightStride<TTile>() + Apart];
            sums.S01 = Block4x4.MultiplyAdd(rows, others, sums.S01);
            if (TTile.RowBlocks == 2)
            {
                var below = left[k * LeftStride<TTile>() + Apart];
                sums.S10 = Block4x4.MultiplyAdd(below, columns, sums.S10);
                sums.S11 = Block4x4.MultiplyAdd(below, others, sums.S11);
            }
        }
        else if (TTile.RowBlocks == 2)
        {
            sums.S10 = Block4x4.MultiplyAdd(left[k * LeftStride<TTile>() + Apart], columns, sums.S10);
        }

        return sums;
    }
}
