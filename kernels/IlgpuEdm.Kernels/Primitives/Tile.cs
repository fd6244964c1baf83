using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The inner tile of convolutions and matrix products: 8 rows of A times a packed block of 16 or 32 columns of B,
/// <c>c[i, j] = sum over k of a[row i, k] * b[k, j]</c>, each sum in the order of k with fused multiply-adds.
/// </summary>
/// <remarks>
/// The rows of A are pixels of an image strip: row i + 1 lies <c>pixelStride</c> floats after row i, and <c>rowSkip</c> more where a line
/// of <c>width</c> pixels ends. A row is read in <c>segments</c> runs of <c>length</c> contiguous floats, <c>segmentStride</c> apart: three
/// runs of 3 * channels for a 3x3 convolution (its taps of one line and all channels are contiguous in NHWC), one run otherwise.
/// </remarks>
public static partial class Tile
{
    /// <summary>Rows of A, and of C, in a tile.</summary>
    public const int RowCount = 8;

    /// <summary>Columns of a full packed block of B.</summary>
    public const int BlockWidth = 32;

    // Apart from the views, whose checks would make the compiler keep every sum in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply8x32(
        ref float p0, ref float p1, ref float p2, ref float p3, ref float p4, ref float p5, ref float p6, ref float p7,
        int segments, int segmentStride, int length, ref float w, ref float r)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        for (var s = 0; s < segments; s++)
        {
            nint i = s * segmentStride;
            nint end = i + length;
            for (; i < end; i++)
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
        }

        c00.StoreUnsafe(ref r);
        c01.StoreUnsafe(ref r, 16);
        c10.StoreUnsafe(ref r, 32);
        c11.StoreUnsafe(ref r, 48);
        c20.StoreUnsafe(ref r, 64);
        c21.StoreUnsafe(ref r, 80);
        c30.StoreUnsafe(ref r, 96);
        c31.StoreUnsafe(ref r, 112);
        c40.StoreUnsafe(ref r, 128);
        c41.StoreUnsafe(ref r, 144);
        c50.StoreUnsafe(ref r, 160);
        c51.StoreUnsafe(ref r, 176);
        c60.StoreUnsafe(ref r, 192);
        c61.StoreUnsafe(ref r, 208);
        c70.StoreUnsafe(ref r, 224);
        c71.StoreUnsafe(ref r, 240);
    }

    // Apart from the views, whose checks would make the compiler keep every sum in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply8x16(
        ref float p0, ref float p1, ref float p2, ref float p3, ref float p4, ref float p5, ref float p6, ref float p7,
        int segments, int segmentStride, int length, ref float w, ref float r)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (var s = 0; s < segments; s++)
        {
            nint i = s * segmentStride;
            nint end = i + length;
            for (; i < end; i++)
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
        }

        c0.StoreUnsafe(ref r);
        c1.StoreUnsafe(ref r, 16);
        c2.StoreUnsafe(ref r, 32);
        c3.StoreUnsafe(ref r, 48);
        c4.StoreUnsafe(ref r, 64);
        c5.StoreUnsafe(ref r, 80);
        c6.StoreUnsafe(ref r, 96);
        c7.StoreUnsafe(ref r, 112);
    }

    // Moves to the next row, unless the last row that exists has been reached.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Next(ref int x, ref int offset, int width, int pixelStride, int rowSkip, int row, int count)
    {
        if (row < count)
        {
            offset += pixelStride;
            x++;
            if (x == width)
            {
                x = 0;
                offset += rowSkip;
            }
        }
    }
}
