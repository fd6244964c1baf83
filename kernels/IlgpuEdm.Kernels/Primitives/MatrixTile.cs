using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The inner tile of matrix products whose sides lie anywhere: up to 8 rows of A times 32 columns of B,
/// <c>c[i, j] = sum over k of a[i, k] * b[k, j] + d[i, j]</c>, each sum in the order of k with fused multiply-adds, d added last.
/// </summary>
public static partial class MatrixTile
{
    /// <summary>Most rows of A, and of C, in a tile.</summary>
    public const int RowCount = 8;

    /// <summary>Columns of B in a tile.</summary>
    public const int Width = 32;

    /// <summary>Computes a tile.</summary>
    /// <param name="a">Holds the left side.</param>
    /// <param name="aOffset">Where row 0 starts.</param>
    /// <param name="aRow">From a row of the left side to the next.</param>
    /// <param name="aStep">From a float of such a row to the next: 1, or the length of a line if the side lies transposed.</param>
    /// <param name="count">Rows that exist, 1 to 8.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="b">Holds the right side: <c>depth</c> rows, of which 32 contiguous floats each are read.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="bRow">From a row of the right side to the next.</param>
    /// <param name="c">Receives the result.</param>
    /// <param name="cOffset">Where its first row starts.</param>
    /// <param name="cRow">From a row of the result to the next.</param>
    /// <param name="columns">Columns to write, 1 to 32.</param>
    /// <param name="d">Holds what is added; may be the result itself.</param>
    /// <param name="dOffset">Where its first row starts, or -1 to add nothing.</param>
    /// <param name="dRow">From a row of it to the next; 0 adds the same to each row.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(
        ArrayView<float> a, int aOffset, int aRow, int aStep, int count, int depth, ArrayView<float> b, int bOffset, int bRow,
        ArrayView<float> c, int cOffset, int cRow, int columns, ArrayView<float> d, int dOffset, int dRow)
    {
        ref var add = ref dOffset >= 0 ? ref d[dOffset] : ref Unsafe.NullRef<float>();
        MultiplyAt(
            ref a[aOffset], aRow, aStep, count, depth, ref b[bOffset], bRow, ref c[cOffset], cRow, columns, ref add, dRow,
            Vector512.IsHardwareAccelerated);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAt(
        ref float a, int aRow, int aStep, int count, int depth, ref float b, int bRow, ref float c, int cRow, int columns,
        ref float d, int dRow, bool wide)
    {
        if (columns < Width)
        {
            MultiplyPart(ref a, aRow, aStep, count, depth, ref b, bRow, ref c, cRow, columns, ref d, dRow, wide);
        }
        else if (wide)
        {
            Multiply8x32(ref a, aRow, aStep, count, depth, ref b, bRow, ref c, cRow, ref d, dRow);
        }
        else
        {
            MultiplyQuarters(ref a, aRow, aStep, count, depth, ref b, bRow, ref c, cRow, ref d, dRow);
        }
    }

    // The whole tile goes aside; what exists of it is written.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyPart(
        ref float a, int aRow, int aStep, int count, int depth, ref float b, int bRow, ref float c, int cRow, int columns,
        ref float d, int dRow, bool wide)
    {
        Span<float> tile = stackalloc float[RowCount * Width];
        MultiplyAt(ref a, aRow, aStep, count, depth, ref b, bRow, ref tile[0], Width, Width, ref Unsafe.NullRef<float>(), 0, wide);
        var adds = !Unsafe.IsNullRef(ref d);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var v = tile[i * Width + j];
                Unsafe.Add(ref c, i * cRow + j) = adds ? v + Unsafe.Add(ref d, i * dRow + j) : v;
            }
        }
    }

    // Apart from the views, whose checks would make the compiler keep every sum in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply8x32(
        ref float a, nint aRow, nint aStep, int count, int depth, ref float w, nint bRow, ref float c, nint cRow, ref float d, nint dRow)
    {
        // Rows that do not exist repeat the last.
        var last = count - 1;
        ref var p1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aRow);
        ref var p2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aRow);
        ref var p3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aRow);
        ref var p4 = ref Unsafe.Add(ref a, Math.Min(4, last) * aRow);
        ref var p5 = ref Unsafe.Add(ref a, Math.Min(5, last) * aRow);
        ref var p6 = ref Unsafe.Add(ref a, Math.Min(6, last) * aRow);
        ref var p7 = ref Unsafe.Add(ref a, Math.Min(7, last) * aRow);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        nint i = 0;
        for (var k = 0; k < depth; k++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            var w1 = Vector512.LoadUnsafe(ref w, 16);
            w = ref Unsafe.Add(ref w, bRow);
            var v = Vector512.Create(Unsafe.Add(ref a, i));
            c00 = Vector512.FusedMultiplyAdd(v, w0, c00);
            c01 = Vector512.FusedMultiplyAdd(v, w1, c01);
            v = Vector512.Create(Unsafe.Add(ref p1, i));
            c10 = Vector512.FusedMultiplyAdd(v, w0, c10);
            c11 = Vector512.FusedMultiplyAdd(v, w1, c11);
            v = Vector512.Create(Unsafe.Add(ref p2, i));
            c20 = Vector512.FusedMultiplyAdd(v, w0, c20);
            c21 = Vector512.FusedMultiplyAdd(v, w1, c21);
            v = Vector512.Create(Unsafe.Add(ref p3, i));
            c30 = Vector512.FusedMultiplyAdd(v, w0, c30);
            c31 = Vector512.FusedMultiplyAdd(v, w1, c31);
            v = Vector512.Create(Unsafe.Add(ref p4, i));
            c40 = Vector512.FusedMultiplyAdd(v, w0, c40);
            c41 = Vector512.FusedMultiplyAdd(v, w1, c41);
            v = Vector512.Create(Unsafe.Add(ref p5, i));
            c50 = Vector512.FusedMultiplyAdd(v, w0, c50);
            c51 = Vector512.FusedMultiplyAdd(v, w1, c51);
            v = Vector512.Create(Unsafe.Add(ref p6, i));
            c60 = Vector512.FusedMultiplyAdd(v, w0, c60);
            c61 = Vector512.FusedMultiplyAdd(v, w1, c61);
            v = Vector512.Create(Unsafe.Add(ref p7, i));
            c70 = Vector512.FusedMultiplyAdd(v, w0, c70);
            c71 = Vector512.FusedMultiplyAdd(v, w1, c71);
            i += aStep;
        }

        Store(0, c00, c01, count, ref c, cRow, ref d, dRow);
        Store(1, c10, c11, count, ref c, cRow, ref d, dRow);
        Store(2, c20, c21, count, ref c, cRow, ref d, dRow);
        Store(3, c30, c31, count, ref c, cRow, ref d, dRow);
        Store(4, c40, c41, count, ref c, cRow, ref d, dRow);
        Store(5, c50, c51, count, ref c, cRow, ref d, dRow);
        Store(6, c60, c61, count, ref c, cRow, ref d, dRow);
        Store(7, c70, c71, count, ref c, cRow, ref d, dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        int row, Vector512<float> c0, Vector512<float> c1, int count, ref float c, nint cRow, ref float d, nint dRow)
    {
        if (row < count)
        {
            if (!Unsafe.IsNullRef(ref d))
            {
                ref var add = ref Unsafe.Add(ref d, row * dRow);
                c0 += Vector512.LoadUnsafe(ref add);
                c1 += Vector512.LoadUnsafe(ref add, 16);
            }

            ref var to = ref Unsafe.Add(ref c, row * cRow);
            c0.StoreUnsafe(ref to);
            c1.StoreUnsafe(ref to, 16);
        }
    }
}
