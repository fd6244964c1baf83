using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The distances on processors with 256-bit vectors.</content>
public static partial class SquaredDistances
{
    internal static void ComputeNarrow(
        ArrayView<float> x, int xOffset, int xCount, ArrayView<float> y, int yOffset, int yCount, int length,
        ArrayView<float> d, int dOffset, int dRow)
    {
        for (var j = 0; j < yCount; j += 4)
        {
            for (var i = 0; i < xCount; i += 2)
            {
                Compute2x4(
                    ref x[xOffset + i * length], xCount - i, ref y[yOffset + j * length], yCount - j, length, ref d[dOffset + i * dRow + j],
                    dRow);
            }
        }
    }

    // Eight sums, four loads and two differences: what the 16 registers of AVX2 hold.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Compute2x4(ref float x, int xCount, ref float y, int yCount, nint length, ref float d, nint dRow)
    {
        ref var x1 = ref Unsafe.Add(ref x, Math.Min(1, xCount - 1) * length);
        ref var y1 = ref Unsafe.Add(ref y, Math.Min(1, yCount - 1) * length);
        ref var y2 = ref Unsafe.Add(ref y, Math.Min(2, yCount - 1) * length);
        ref var y3 = ref Unsafe.Add(ref y, Math.Min(3, yCount - 1) * length);
        Vector256<float> d00 = default, d01 = default, d02 = default, d03 = default;
        Vector256<float> d10 = default, d11 = default, d12 = default, d13 = default;
        for (nint k = 0; k < length; k += 8)
        {
            var u0 = Vector256.LoadUnsafe(ref x, (nuint)k);
            var u1 = Vector256.LoadUnsafe(ref x1, (nuint)k);
            var v = Vector256.LoadUnsafe(ref y, (nuint)k);
            d00 = AddSquare(u0, v, d00);
            d10 = AddSquare(u1, v, d10);
            v = Vector256.LoadUnsafe(ref y1, (nuint)k);
            d01 = AddSquare(u0, v, d01);
            d11 = AddSquare(u1, v, d11);
            v = Vector256.LoadUnsafe(ref y2, (nuint)k);
            d02 = AddSquare(u0, v, d02);
            d12 = AddSquare(u1, v, d12);
            v = Vector256.LoadUnsafe(ref y3, (nuint)k);
            d03 = AddSquare(u0, v, d03);
            d13 = AddSquare(u1, v, d13);
        }

        StoreNarrow(0, d00, d01, d02, d03, xCount, yCount, ref d, dRow);
        StoreNarrow(1, d10, d11, d12, d13, xCount, yCount, ref d, dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddSquare(Vector256<float> x, Vector256<float> y, Vector256<float> sum)
    {
        var difference = x - y;
        return Vector256.FusedMultiplyAdd(difference, difference, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreNarrow(
        int row, Vector256<float> d0, Vector256<float> d1, Vector256<float> d2, Vector256<float> d3, int xCount, int yCount, ref float d,
        nint dRow)
    {
        if (row < xCount)
        {
            ref var to = ref Unsafe.Add(ref d, row * dRow);
            Put(ref to, 0, Vector256.Sum(d0), yCount);
            Put(ref to, 1, Vector256.Sum(d1), yCount);
            Put(ref to, 2, Vector256.Sum(d2), yCount);
            Put(ref to, 3, Vector256.Sum(d3), yCount);
        }
    }
}
