using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The tile on processors with 256-bit vectors.</content>
public static partial class MatrixTile
{
    internal static void MultiplyByQuarters(
        ArrayView<float> a, int aOffset, int aRow, int aStep, int count, int depth, ArrayView<float> b, int bOffset, int bRow,
        ArrayView<float> c, int cOffset, int cRow, int columns, ArrayView<float> d, int dOffset, int dRow)
    {
        ref var add = ref dOffset >= 0 ? ref d[dOffset] : ref Unsafe.NullRef<float>();
        MultiplyAt(
            ref a[aOffset], aRow, aStep, count, depth, ref b[bOffset], bRow, ref c[cOffset], cRow, columns, ref add, dRow, wide: false);
    }

    // Four rows by 16 columns at a time: what the 16 registers of AVX2 hold.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyQuarters(
        ref float a, nint aRow, nint aStep, int count, int depth, ref float b, nint bRow, ref float c, nint cRow, ref float d, nint dRow)
    {
        for (var row = 0; row < count; row += 4)
        {
            for (var j = 0; j < Width; j += 16)
            {
                ref var add = ref Unsafe.IsNullRef(ref d) ? ref d : ref Unsafe.Add(ref d, row * dRow + j);
                Multiply4x16(
                    ref Unsafe.Add(ref a, row * aRow), aRow, aStep, Math.Min(count - row, 4), depth, ref Unsafe.Add(ref b, j), bRow,
                    ref Unsafe.Add(ref c, row * cRow + j), cRow, ref add, dRow);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply4x16(
        ref float a, nint aRow, nint aStep, int count, int depth, ref float w, nint bRow, ref float c, nint cRow, ref float d, nint dRow)
    {
        var last = count - 1;
        ref var p1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aRow);
        ref var p2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aRow);
        ref var p3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aRow);
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        nint i = 0;
        for (var k = 0; k < depth; k++)
        {
            var w0 = Vector256.LoadUnsafe(ref w);
            var w1 = Vector256.LoadUnsafe(ref w, 8);
            w = ref Unsafe.Add(ref w, bRow);
            var v = Vector256.Create(Unsafe.Add(ref a, i));
            c00 = Vector256.FusedMultiplyAdd(v, w0, c00);
            c01 = Vector256.FusedMultiplyAdd(v, w1, c01);
            v = Vector256.Create(Unsafe.Add(ref p1, i));
            c10 = Vector256.FusedMultiplyAdd(v, w0, c10);
            c11 = Vector256.FusedMultiplyAdd(v, w1, c11);
            v = Vector256.Create(Unsafe.Add(ref p2, i));
            c20 = Vector256.FusedMultiplyAdd(v, w0, c20);
            c21 = Vector256.FusedMultiplyAdd(v, w1, c21);
            v = Vector256.Create(Unsafe.Add(ref p3, i));
            c30 = Vector256.FusedMultiplyAdd(v, w0, c30);
            c31 = Vector256.FusedMultiplyAdd(v, w1, c31);
            i += aStep;
        }

        StoreNarrow(0, c00, c01, count, ref c, cRow, ref d, dRow);
        StoreNarrow(1, c10, c11, count, ref c, cRow, ref d, dRow);
        StoreNarrow(2, c20, c21, count, ref c, cRow, ref d, dRow);
        StoreNarrow(3, c30, c31, count, ref c, cRow, ref d, dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreNarrow(
        int row, Vector256<float> c0, Vector256<float> c1, int count, ref float c, nint cRow, ref float d, nint dRow)
    {
        if (row < count)
        {
            if (!Unsafe.IsNullRef(ref d))
            {
                ref var add = ref Unsafe.Add(ref d, row * dRow);
                c0 += Vector256.LoadUnsafe(ref add);
                c1 += Vector256.LoadUnsafe(ref add, 8);
            }

            ref var to = ref Unsafe.Add(ref c, row * cRow);
            c0.StoreUnsafe(ref to);
            c1.StoreUnsafe(ref to, 8);
        }
    }
}
