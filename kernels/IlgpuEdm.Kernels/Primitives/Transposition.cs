using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>The SIMD body of <see cref="Rows.PackTransposed"/>: squares of 8 by 8 floats are turned in registers.</summary>
internal static class Transposition
{
    /// <summary>Row r of the target receives float r of each of <paramref name="valid"/> source rows, then zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Pack(ref float from, nint stride, int rows, int valid, ref float to, nint width)
    {
        var wholeRows = Avx.IsSupported ? rows & ~7 : 0;
        var wholeColumns = valid & ~7;
        for (nint r = 0; r < wholeRows; r += 8)
        {
            for (nint j = 0; j < wholeColumns; j += 8)
            {
                Turn(ref Unsafe.Add(ref from, j * stride + r), stride, ref Unsafe.Add(ref to, r * width + j), width);
            }
        }

        for (nint r = 0; r < rows; r++)
        {
            ref var row = ref Unsafe.Add(ref to, r * width);
            nint j = r < wholeRows ? wholeColumns : 0;
            for (; j < valid; j++)
            {
                Unsafe.Add(ref row, j) = Unsafe.Add(ref from, j * stride + r);
            }

            for (; j < width; j++)
            {
                Unsafe.Add(ref row, j) = 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(ref float from, nint stride, ref float to, nint width)
    {
        var r0 = Vector256.LoadUnsafe(ref from);
        var r1 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, stride));
        var r2 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 2 * stride));
        var r3 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 3 * stride));
        var r4 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 4 * stride));
        var r5 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 5 * stride));
        var r6 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 6 * stride));
        var r7 = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, 7 * stride));

        // Pairs of rows, then fours of rows within each half of the vectors, then halves.
        var (a0, a1) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
        var (a2, a3) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5));
        var (a6, a7) = (Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (b0, b1) = (Avx.Shuffle(a0, a2, 0x44), Avx.Shuffle(a0, a2, 0xEE));
        var (b2, b3) = (Avx.Shuffle(a1, a3, 0x44), Avx.Shuffle(a1, a3, 0xEE));
        var (b4, b5) = (Avx.Shuffle(a4, a6, 0x44), Avx.Shuffle(a4, a6, 0xEE));
        var (b6, b7) = (Avx.Shuffle(a5, a7, 0x44), Avx.Shuffle(a5, a7, 0xEE));
        Avx.Permute2x128(b0, b4, 0x20).StoreUnsafe(ref to);
        Avx.Permute2x128(b1, b5, 0x20).StoreUnsafe(ref Unsafe.Add(ref to, width));
        Avx.Permute2x128(b2, b6, 0x20).StoreUnsafe(ref Unsafe.Add(ref to, 2 * width));
        Avx.Permute2x128(b3, b7, 0x20).StoreUnsafe(ref Unsafe.Add(ref to, 3 * width));
        Avx.Permute2x128(b0, b4, 0x31).StoreUnsafe(ref Unsafe.Add(ref to, 4 * width));
        Avx.Permute2x128(b1, b5, 0x31).StoreUnsafe(ref Unsafe.Add(ref to, 5 * width));
        Avx.Permute2x128(b2, b6, 0x31).StoreUnsafe(ref Unsafe.Add(ref to, 6 * width));
        Avx.Permute2x128(b3, b7, 0x31).StoreUnsafe(ref Unsafe.Add(ref to, 7 * width));
    }
}
