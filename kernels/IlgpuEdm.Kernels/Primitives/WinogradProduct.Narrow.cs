using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>Blocks of 16 columns, and processors with 256-bit vectors.</content>
public static partial class WinogradProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply8x16(ref float p0, int depth, int count, ref float w, ref float r)
    {
        ref var p1 = ref Unsafe.Add(ref p0, count > 1 ? depth : 0);
        ref var p2 = ref Unsafe.Add(ref p1, count > 2 ? depth : 0);
        ref var p3 = ref Unsafe.Add(ref p2, count > 3 ? depth : 0);
        ref var p4 = ref Unsafe.Add(ref p3, count > 4 ? depth : 0);
        ref var p5 = ref Unsafe.Add(ref p4, count > 5 ? depth : 0);
        ref var p6 = ref Unsafe.Add(ref p5, count > 6 ? depth : 0);
        ref var p7 = ref Unsafe.Add(ref p6, count > 7 ? depth : 0);
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (nint i = 0; i < depth; i++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            w = ref Unsafe.Add(ref w, 16);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p0, i)), w0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p1, i)), w0, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p2, i)), w0, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p3, i)), w0, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p4, i)), w0, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p5, i)), w0, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p6, i)), w0, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p7, i)), w0, c7);
        }

        c0.StoreUnsafe(ref r);
        if (count <= 1)
        {
            return;
        }

        c1.StoreUnsafe(ref r, 16);
        if (count <= 2)
        {
            return;
        }

        c2.StoreUnsafe(ref r, 32);
        if (count <= 3)
        {
            return;
        }

        c3.StoreUnsafe(ref r, 48);
        if (count <= 4)
        {
            return;
        }

        c4.StoreUnsafe(ref r, 64);
        if (count <= 5)
        {
            return;
        }

        c5.StoreUnsafe(ref r, 80);
        if (count <= 6)
        {
            return;
        }

        c6.StoreUnsafe(ref r, 96);
        if (count <= 7)
        {
            return;
        }

        c7.StoreUnsafe(ref r, 112);
    }

    internal static void MultiplyNarrow(
        ArrayView<float> v, int vOffset, int vStride, int tiles, int depth, ArrayView<float> u, int uOffset,
        ArrayView<float> m, int mOffset, int mStride, int width)
    {
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var tile = 0; tile < tiles; tile += 4)
            {
                for (var column = 0; column < width; column += 16)
                {
                    Multiply4x16(
                        ref v[vOffset + f * vStride + tile * depth], depth, tiles - tile,
                        ref u[uOffset + f * depth * width + column], width,
                        ref m[mOffset + f * mStride + tile * width + column]);
                }
            }
        }
    }

    // What the 16 registers of AVX2 hold.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply4x16(ref float p0, int depth, int count, ref float w, int stride, ref float r)
    {
        ref var p1 = ref Unsafe.Add(ref p0, count > 1 ? depth : 0);
        ref var p2 = ref Unsafe.Add(ref p1, count > 2 ? depth : 0);
        ref var p3 = ref Unsafe.Add(ref p2, count > 3 ? depth : 0);
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (nint i = 0; i < depth; i++)
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

        c00.StoreUnsafe(ref r);
        c01.StoreUnsafe(ref r, 8);
        if (count <= 1)
        {
            return;
        }

        r = ref Unsafe.Add(ref r, stride);
        c10.StoreUnsafe(ref r);
        c11.StoreUnsafe(ref r, 8);
        if (count <= 2)
        {
            return;
        }

        r = ref Unsafe.Add(ref r, stride);
        c20.StoreUnsafe(ref r);
        c21.StoreUnsafe(ref r, 8);
        if (count <= 3)
        {
            return;
        }

        r = ref Unsafe.Add(ref r, stride);
        c30.StoreUnsafe(ref r);
        c31.StoreUnsafe(ref r, 8);
    }
}
