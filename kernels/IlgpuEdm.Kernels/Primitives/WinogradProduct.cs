using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The products of F(2x2, 3x3) in the forward pass: for each of 16 frequencies, tiles times a packed block of 16 or 32 columns,
/// each sum in the order of the channels with fused multiply-adds.
/// </summary>
public static partial class WinogradProduct
{
    /// <summary><c>m[f] = v[f] u[f]</c>.</summary>
    /// <param name="v">The transformed input, <c>[16, tiles, depth]</c>.</param>
    /// <param name="vOffset">Where it starts.</param>
    /// <param name="vStride">From a frequency of it to the next.</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="u">The transformed weights, <c>[16, depth, width]</c>.</param>
    /// <param name="uOffset">Where they start.</param>
    /// <param name="m">Receives <c>[16, tiles, width]</c>.</param>
    /// <param name="mOffset">Where it starts.</param>
    /// <param name="mStride">From a frequency of it to the next.</param>
    /// <param name="width">16 or 32.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(
        ArrayView<float> v, int vOffset, int vStride, int tiles, int depth, ArrayView<float> u, int uOffset,
        ArrayView<float> m, int mOffset, int mStride, int width)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            MultiplyNarrow(v, vOffset, vStride, tiles, depth, u, uOffset, m, mOffset, mStride, width);
            return;
        }

        ref var a = ref v[vOffset];
        ref var b = ref u[uOffset];
        ref var c = ref m[mOffset];
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            if (width == 32)
            {
                Wide(ref a, tiles, depth, ref b, ref c);
            }
            else
            {
                Half(ref a, tiles, depth, ref b, ref c);
            }

            a = ref Unsafe.Add(ref a, vStride);
            b = ref Unsafe.Add(ref b, depth * width);
            c = ref Unsafe.Add(ref c, mStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(ref float a, int tiles, int depth, ref float b, ref float c)
    {
        var tile = 0;
        for (; tile < tiles - 4; tile += 8)
        {
            Multiply8x32(ref a, depth, tiles - tile, ref b, ref c);
            a = ref Unsafe.Add(ref a, 8 * depth);
            c = ref Unsafe.Add(ref c, 8 * 32);
        }

        if (tile < tiles)
        {
            Multiply4x32(ref a, depth, tiles - tile, ref b, ref c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(ref float a, int tiles, int depth, ref float b, ref float c)
    {
        for (var tile = 0; tile < tiles; tile += 8)
        {
            Multiply8x16(ref a, depth, tiles - tile, ref b, ref c);
            a = ref Unsafe.Add(ref a, 8 * depth);
            c = ref Unsafe.Add(ref c, 8 * 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply8x32(ref float p0, int depth, int count, ref float w, ref float r)
    {
        ref var p1 = ref Unsafe.Add(ref p0, count > 1 ? depth : 0);
        ref var p2 = ref Unsafe.Add(ref p1, count > 2 ? depth : 0);
        ref var p3 = ref Unsafe.Add(ref p2, count > 3 ? depth : 0);
        ref var p4 = ref Unsafe.Add(ref p3, count > 4 ? depth : 0);
        ref var p5 = ref Unsafe.Add(ref p4, count > 5 ? depth : 0);
        ref var p6 = ref Unsafe.Add(ref p5, count > 6 ? depth : 0);
        ref var p7 = ref Unsafe.Add(ref p6, count > 7 ? depth : 0);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        for (nint i = 0; i < depth; i++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            var w1 = Vector512.LoadUnsafe(ref w, 16);
            w = ref Unsafe.Add(ref w, 32);
            var v = Vector512.Create(Unsafe.Add(ref p0, i));
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
        }

        c00.StoreUnsafe(ref r);
        c01.StoreUnsafe(ref r, 16);
        if (count <= 1)
        {
            return;
        }

        c10.StoreUnsafe(ref r, 32);
        c11.StoreUnsafe(ref r, 48);
        if (count <= 2)
        {
            return;
        }

        c20.StoreUnsafe(ref r, 64);
        c21.StoreUnsafe(ref r, 80);
        if (count <= 3)
        {
            return;
        }

        c30.StoreUnsafe(ref r, 96);
        c31.StoreUnsafe(ref r, 112);
        if (count <= 4)
        {
            return;
        }

        c40.StoreUnsafe(ref r, 128);
        c41.StoreUnsafe(ref r, 144);
        if (count <= 5)
        {
            return;
        }

        c50.StoreUnsafe(ref r, 160);
        c51.StoreUnsafe(ref r, 176);
        if (count <= 6)
        {
            return;
        }

        c60.StoreUnsafe(ref r, 192);
        c61.StoreUnsafe(ref r, 208);
        if (count <= 7)
        {
            return;
        }

        c70.StoreUnsafe(ref r, 224);
        c71.StoreUnsafe(ref r, 240);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply4x32(ref float p0, int depth, int count, ref float w, ref float r)
    {
        ref var p1 = ref Unsafe.Add(ref p0, count > 1 ? depth : 0);
        ref var p2 = ref Unsafe.Add(ref p1, count > 2 ? depth : 0);
        ref var p3 = ref Unsafe.Add(ref p2, count > 3 ? depth : 0);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (nint i = 0; i < depth; i++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            var w1 = Vector512.LoadUnsafe(ref w, 16);
            w = ref Unsafe.Add(ref w, 32);
            var v = Vector512.Create(Unsafe.Add(ref p0, i));
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
        }

        c00.StoreUnsafe(ref r);
        c01.StoreUnsafe(ref r, 16);
        if (count <= 1)
        {
            return;
        }

        c10.StoreUnsafe(ref r, 32);
        c11.StoreUnsafe(ref r, 48);
        if (count <= 2)
        {
            return;
        }

        c20.StoreUnsafe(ref r, 64);
        c21.StoreUnsafe(ref r, 80);
        if (count <= 3)
        {
            return;
        }

        c30.StoreUnsafe(ref r, 96);
        c31.StoreUnsafe(ref r, 112);
    }
}
