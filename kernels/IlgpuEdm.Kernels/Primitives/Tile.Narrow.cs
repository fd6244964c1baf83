using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The tile on processors with 256-bit vectors.</content>
public static partial class Tile
{
    // Four rows by 16 columns at a time: what the 16 registers of AVX2 hold.
    internal static void MultiplyByQuarters(
        ArrayView<float> a, int aOffset, int x, int width, int pixelStride, int rowSkip, int count,
        int segments, int segmentStride, int length, ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int stride)
    {
        for (var half = 0; half < 8; half += 4)
        {
            ref var p0 = ref a[aOffset];
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 1, count);
            ref var p1 = ref a[aOffset];
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 2, count);
            ref var p2 = ref a[aOffset];
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 3, count);
            ref var p3 = ref a[aOffset];
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 4, count);
            for (var j = 0; j < stride; j += 16)
            {
                Multiply4x16(
                    ref p0, ref p1, ref p2, ref p3, segments, segmentStride, length, ref b[bOffset + j], stride,
                    ref c[cOffset + half * stride + j]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply4x16(
        ref float p0, ref float p1, ref float p2, ref float p3, int segments, int segmentStride, int length,
        ref float w, int stride, ref float r)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (var s = 0; s < segments; s++)
        {
            nint i = s * segmentStride;
            nint end = i + length;
            for (; i < end; i++)
            {
                var w0 = Vector256.LoadUnsafe(ref w);
                var w1 = Vector256.LoadUnsafe(ref w, 8);
                w = ref Unsafe.Add(ref w, stride);
                var v = Vector256.Create(Unsafe.Add(ref p0, i));
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
            }
        }

        c00.StoreUnsafe(ref r);
        c01.StoreUnsafe(ref r, 8);
        r = ref Unsafe.Add(ref r, stride);
        c10.StoreUnsafe(ref r);
        c11.StoreUnsafe(ref r, 8);
        r = ref Unsafe.Add(ref r, stride);
        c20.StoreUnsafe(ref r);
        c21.StoreUnsafe(ref r, 8);
        r = ref Unsafe.Add(ref r, stride);
        c30.StoreUnsafe(ref r);
        c31.StoreUnsafe(ref r, 8);
    }
}
