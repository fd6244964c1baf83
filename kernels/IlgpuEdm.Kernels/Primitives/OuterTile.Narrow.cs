using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The outer tile on processors with 256-bit vectors.</content>
public static partial class OuterTile
{
    // Four rows by 16 columns at a time: what the 16 registers of AVX2 hold.
    internal static void AccumulateByQuarters(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        for (var i = 0; i < count; i += 4)
        {
            for (var j = 0; j < 32; j += 16)
            {
                Accumulate4x16(
                    ref a[aOffset + i], lines, lineStride, width, pixelStride, ref b[bOffset + j], ref c[cOffset + i * 32 + j],
                    Math.Min(4, count - i), accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Accumulate4x16(
        ref float a, int lines, int lineStride, int width, int pixelStride, ref float v, ref float r, int count, int accumulate)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (var line = 0; line < lines; line++)
        {
            ref var p = ref Unsafe.Add(ref a, line * lineStride);
            for (var x = 0; x < width; x++)
            {
                var v0 = Vector256.LoadUnsafe(ref v);
                var v1 = Vector256.LoadUnsafe(ref v, 8);
                v = ref Unsafe.Add(ref v, 32);
                var s = Vector256.Create(p);
                c00 = Vector256.FusedMultiplyAdd(s, v0, c00);
                c01 = Vector256.FusedMultiplyAdd(s, v1, c01);
                s = Vector256.Create(Unsafe.Add(ref p, 1));
                c10 = Vector256.FusedMultiplyAdd(s, v0, c10);
                c11 = Vector256.FusedMultiplyAdd(s, v1, c11);
                s = Vector256.Create(Unsafe.Add(ref p, 2));
                c20 = Vector256.FusedMultiplyAdd(s, v0, c20);
                c21 = Vector256.FusedMultiplyAdd(s, v1, c21);
                s = Vector256.Create(Unsafe.Add(ref p, 3));
                c30 = Vector256.FusedMultiplyAdd(s, v0, c30);
                c31 = Vector256.FusedMultiplyAdd(s, v1, c31);
                p = ref Unsafe.Add(ref p, pixelStride);
            }
        }

        Store(ref r, 0, c00, c01, count, accumulate);
        Store(ref r, 1, c10, c11, count, accumulate);
        Store(ref r, 2, c20, c21, count, accumulate);
        Store(ref r, 3, c30, c31, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float r, int row, Vector256<float> c0, Vector256<float> c1, int count, int accumulate)
    {
        if (row < count)
        {
            r = ref Unsafe.Add(ref r, row * 32);
            if (accumulate != 0)
            {
                c0 += Vector256.LoadUnsafe(ref r);
                c1 += Vector256.LoadUnsafe(ref r, 8);
            }

            c0.StoreUnsafe(ref r);
            c1.StoreUnsafe(ref r, 8);
        }
    }
}
