using System.Runtime.CompilerServices;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Sixteen sums that a thread keeps in registers: a block of a product, four rows of four columns.</summary>
public struct Block4x4
{
    /// <summary>The first row.</summary>
    public Float4 R0;

    /// <summary>The second row.</summary>
    public Float4 R1;

    /// <summary>The third row.</summary>
    public Float4 R2;

    /// <summary>The fourth row.</summary>
    public Float4 R3;

    /// <summary>Adds an outer product: sixteen fused multiply-adds.</summary>
    /// <param name="rows">A factor of each row.</param>
    /// <param name="columns">A factor of each column.</param>
    /// <param name="sums">The sums so far.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 MultiplyAdd(Float4 rows, Float4 columns, Block4x4 sums) => new()
    {
        R0 = Float4.MultiplyAdd(rows.X, columns, sums.R0),
        R1 = Float4.MultiplyAdd(rows.Y, columns, sums.R1),
        R2 = Float4.MultiplyAdd(rows.Z, columns, sums.R2),
        R3 = Float4.MultiplyAdd(rows.W, columns, sums.R3),
    };
}
