using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The inner tile of weight gradients and of products with a transposed left side: a sum of outer products,
/// <c>c[i, j] += sum over pixels of a[pixel, i] * b[pixel, j]</c> for 8 rows i and 32 columns j, in the order of the pixels.
/// </summary>
public static partial class OuterTile
{
    /// <summary>Adds the outer products of the pixels of a strip to a tile.</summary>
    /// <param name="a">Holds the left side: 8 contiguous floats a pixel.</param>
    /// <param name="aOffset">Where the first pixel's floats start.</param>
    /// <param name="lines">Lines of pixels.</param>
    /// <param name="lineStride">From a line of the left side to the next, in floats.</param>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="pixelStride">From a pixel of the left side to the next, in floats.</param>
    /// <param name="b">The right side, <c>[lines * width, 32]</c>.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="c">The tile, <c>[count, 32]</c>.</param>
    /// <param name="cOffset">Where it starts.</param>
    /// <param name="count">Rows of the tile that exist, 1 to 8; up to 8 floats a pixel are read in any case.</param>
    /// <param name="accumulate">0 to overwrite the tile, else its values are added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Accumulate32(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Accumulate8x32(
                ref a[aOffset], lines, lineStride, width, pixelStride, ref b[bOffset], ref c[cOffset], count, accumulate);
        }
        else
        {
            AccumulateByQuarters(a, aOffset, lines, lineStride, width, pixelStride, b, bOffset, c, cOffset, count, accumulate);
        }
    }

    // Apart from the views, whose checks would make the compiler keep every sum in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Accumulate8x32(
        ref float a, int lines, int lineStride, int width, int pixelStride, ref float v, ref float r, int count, int accumulate)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        for (var line = 0; line < lines; line++)
        {
            ref var p = ref Unsafe.Add(ref a, line * lineStride);
            for (var x = 0; x < width; x++)
            {
                var v0 = Vector512.LoadUnsafe(ref v);
                var v1 = Vector512.LoadUnsafe(ref v, 16);
                v = ref Unsafe.Add(ref v, 32);
                var s = Vector512.Create(p);
                c00 = Vector512.FusedMultiplyAdd(s, v0, c00);
                c01 = Vector512.FusedMultiplyAdd(s, v1, c01);
                s = Vector512.Create(Unsafe.Add(ref p, 1));
                c10 = Vector512.FusedMultiplyAdd(s, v0, c10);
                c11 = Vector512.FusedMultiplyAdd(s, v1, c11);
                s = Vector512.Create(Unsafe.Add(ref p, 2));
                c20 = Vector512.FusedMultiplyAdd(s, v0, c20);
                c21 = Vector512.FusedMultiplyAdd(s, v1, c21);
                s = Vector512.Create(Unsafe.Add(ref p, 3));
                c30 = Vector512.FusedMultiplyAdd(s, v0, c30);
                c31 = Vector512.FusedMultiplyAdd(s, v1, c31);
                s = Vector512.Create(Unsafe.Add(ref p, 4));
                c40 = Vector512.FusedMultiplyAdd(s, v0, c40);
                c41 = Vector512.FusedMultiplyAdd(s, v1, c41);
                s = Vector512.Create(Unsafe.Add(ref p, 5));
                c50 = Vector512.FusedMultiplyAdd(s, v0, c50);
                c51 = Vector512.FusedMultiplyAdd(s, v1, c51);
                s = Vector512.Create(Unsafe.Add(ref p, 6));
                c60 = Vector512.FusedMultiplyAdd(s, v0, c60);
                c61 = Vector512.FusedMultiplyAdd(s, v1, c61);
                s = Vector512.Create(Unsafe.Add(ref p, 7));
                c70 = Vector512.FusedMultiplyAdd(s, v0, c70);
                c71 = Vector512.FusedMultiplyAdd(s, v1, c71);
                p = ref Unsafe.Add(ref p, pixelStride);
            }
        }

        Store(ref r, 0, c00, c01, count, accumulate);
        Store(ref r, 1, c10, c11, count, accumulate);
        Store(ref r, 2, c20, c21, count, accumulate);
        Store(ref r, 3, c30, c31, count, accumulate);
        Store(ref r, 4, c40, c41, count, accumulate);
        Store(ref r, 5, c50, c51, count, accumulate);
        Store(ref r, 6, c60, c61, count, accumulate);
        Store(ref r, 7, c70, c71, count, accumulate);
    }

    /// <summary>The portable body of <see cref="Accumulate32"/>.</summary>
    /// <inheritdoc cref="Accumulate32"/>
    public static void Accumulate32Portable(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        for (var part = 0; part < 4; part++)
        {
            var rows = (part >> 1) * 4;
            var columns = (part & 1) * 16;
            Accumulate4x16Portable(
                a, aOffset + rows, lines, lineStride, width, pixelStride, b, bOffset + columns, c, cOffset + rows * 32 + columns,
                count - rows, accumulate);
        }
    }

    // Four rows by 16 columns, of which count rows exist: 64 sums, which compilers keep in registers.
    private static void Accumulate4x16Portable(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        var sums = LocalMemory.Allocate<float>(64);
        for (var j = 0; j < 64; j++)
        {
            sums[j] = 0f;
        }

        var v = bOffset;
        for (var line = 0; line < lines; line++)
        {
            var p = aOffset + line * lineStride;
            for (var x = 0; x < width; x++)
            {
                var s0 = a[p];
                var s1 = a[p + 1];
                var s2 = a[p + 2];
                var s3 = a[p + 3];
                for (var j = 0; j < 16; j++)
                {
                    sums[j] += s0 * b[v + j];
                }

                for (var j = 0; j < 16; j++)
                {
                    sums[16 + j] += s1 * b[v + j];
                }

                for (var j = 0; j < 16; j++)
                {
                    sums[32 + j] += s2 * b[v + j];
                }

                for (var j = 0; j < 16; j++)
                {
                    sums[48 + j] += s3 * b[v + j];
                }

                p += pixelStride;
                v += 32;
            }
        }

        for (var i = 0; i < 4; i++)
        {
            if (i < count)
            {
                var o = cOffset + i * 32;
                for (var j = 0; j < 16; j++)
                {
                    c[o + j] = accumulate != 0 ? c[o + j] + sums[i * 16 + j] : sums[i * 16 + j];
                }
            }
        }
    }

    /// <summary>Sums the rows of a packed strip, 32 columns, and adds the sums to what is there if asked for.</summary>
    /// <param name="b">The strip, <c>[rows, 32]</c>.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="c">Receives 32 sums.</param>
    /// <param name="cOffset">Where they start.</param>
    /// <param name="accumulate">0 to overwrite, else the sums are added.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void AddRows32(ArrayView<float> b, int bOffset, int rows, ArrayView<float> c, int cOffset, int accumulate)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        ref var v = ref b[bOffset];
        for (var r = 0; r < rows; r++)
        {
            s0 += Vector256.LoadUnsafe(ref v);
            s1 += Vector256.LoadUnsafe(ref v, 8);
            s2 += Vector256.LoadUnsafe(ref v, 16);
            s3 += Vector256.LoadUnsafe(ref v, 24);
            v = ref Unsafe.Add(ref v, 32);
        }

        ref var to = ref c[cOffset];
        if (accumulate != 0)
        {
            s0 += Vector256.LoadUnsafe(ref to);
            s1 += Vector256.LoadUnsafe(ref to, 8);
            s2 += Vector256.LoadUnsafe(ref to, 16);
            s3 += Vector256.LoadUnsafe(ref to, 24);
        }

        s0.StoreUnsafe(ref to);
        s1.StoreUnsafe(ref to, 8);
        s2.StoreUnsafe(ref to, 16);
        s3.StoreUnsafe(ref to, 24);
    }

    /// <summary>The portable body of <see cref="AddRows32"/>.</summary>
    /// <inheritdoc cref="AddRows32"/>
    public static void AddRows32Portable(ArrayView<float> b, int bOffset, int rows, ArrayView<float> c, int cOffset, int accumulate)
    {
        for (var j = 0; j < 32; j++)
        {
            var sum = 0f;
            for (var r = 0; r < rows; r++)
            {
                sum += b[bOffset + r * 32 + j];
            }

            c[cOffset + j] = accumulate != 0 ? c[cOffset + j] + sum : sum;
        }
    }

    /// <summary>Adds the same row of every slice, in order, and then the sum to a row of the result.</summary>
    /// <param name="partial">The slices.</param>
    /// <param name="offset">The row in the first slice.</param>
    /// <param name="sliceStride">From a slice to the next.</param>
    /// <param name="slices">Number of slices.</param>
    /// <param name="result">The result.</param>
    /// <param name="resultOffset">Its row.</param>
    /// <param name="count">Floats in the row.</param>
    /// <param name="scale">Factor of the slices' sum.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void AddSlices(
        ArrayView<float> partial, int offset, int sliceStride, int slices, ArrayView<float> result, int resultOffset, int count,
        float scale)
    {
        ref var from = ref partial[offset];
        ref var to = ref result[resultOffset];
        var j = 0;
        for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
        {
            var sum = Vector.LoadUnsafe(ref from, (nuint)j);
            for (var s = 1; s < slices; s++)
            {
                sum += Vector.LoadUnsafe(ref from, (nuint)(s * sliceStride + j));
            }

            (Vector.LoadUnsafe(ref to, (nuint)j) + sum * scale).StoreUnsafe(ref to, (nuint)j);
        }

        if (j < count)
        {
            AddSlicesPortable(partial, offset + j, sliceStride, slices, result, resultOffset + j, count - j, scale);
        }
    }

    /// <summary>The portable body of <see cref="AddSlices"/>.</summary>
    /// <inheritdoc cref="AddSlices"/>
    public static void AddSlicesPortable(
        ArrayView<float> partial, int offset, int sliceStride, int slices, ArrayView<float> result, int resultOffset, int count,
        float scale)
    {
        for (var j = 0; j < count; j++)
        {
            var sum = partial[offset + j];
            for (var s = 1; s < slices; s++)
            {
                sum += partial[offset + s * sliceStride + j];
            }

            result[resultOffset + j] += sum * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float r, int row, Vector512<float> c0, Vector512<float> c1, int count, int accumulate)
    {
        if (row < count)
        {
            r = ref Unsafe.Add(ref r, row * 32);
            if (accumulate != 0)
            {
                c0 += Vector512.LoadUnsafe(ref r);
                c1 += Vector512.LoadUnsafe(ref r, 16);
            }

            c0.StoreUnsafe(ref r);
            c1.StoreUnsafe(ref r, 16);
        }
    }
}
