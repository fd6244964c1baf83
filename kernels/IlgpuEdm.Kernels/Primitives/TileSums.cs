using System.Runtime.CompilerServices;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>The sums of a thread, in registers: up to two by two blocks, 64 rows and columns apart.</summary>
public struct TileSums
{
    /// <summary>The first block.</summary>
    public Block4x4 S00;

    /// <summary>The block 64 columns on.</summary>
    public Block4x4 S01;

    /// <summary>The block 64 rows on.</summary>
    public Block4x4 S10;

    /// <summary>The block 64 rows and columns on.</summary>
    public Block4x4 S11;

    /// <summary>The row of a vector of the sums, counted from the thread's first.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowOf<TTile>(int vector)
        where TTile : struct, IProductTile => (vector & 3) + (TTile.ColumnBlocks == 2 ? vector >> 3 : vector >> 2) * 64;

    /// <summary>The first column of a vector of the sums, counted from the thread's first.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The column.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ColumnOf<TTile>(int vector)
        where TTile : struct, IProductTile => TTile.ColumnBlocks == 2 ? (vector >> 2 & 1) * 64 : 0;

    /// <summary>A vector of the sums: selected, since registers have no index.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="vector">The vector; four make a block.</param>
    /// <returns>Four columns of a row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Vector<TTile>(int vector)
        where TTile : struct, IProductTile
    {
        var block = S00;
        if (TTile.ColumnBlocks == 2 && TTile.RowBlocks == 2)
        {
            var index = vector >> 2;
            block = Select(index == 1, S01, block);
            block = Select(index == 2, S10, block);
            block = Select(index == 3, S11, block);
        }
        else if (TTile.RowBlocks == 2)
        {
            block = Select(vector >= 4, S10, block);
        }

        var row = vector & 3;
        var four = Select(row == 1, block.R1, block.R0);
        four = Select(row == 2, block.R2, four);
        return Select(row == 3, block.R3, four);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block4x4 Select(bool which, Block4x4 a, Block4x4 b) => new()
    {
        R0 = Select(which, a.R0, b.R0),
        R1 = Select(which, a.R1, b.R1),
        R2 = Select(which, a.R2, b.R2),
        R3 = Select(which, a.R3, b.R3),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Select(bool which, Float4 a, Float4 b) =>
        new(which ? a.X : b.X, which ? a.Y : b.Y, which ? a.Z : b.Z, which ? a.W : b.W);
}
