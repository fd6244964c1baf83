using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The tile of a block of which no more than 16 columns exist: twice the rows, half the columns.</content>
public static partial class OuterTile
{
    /// <summary>Rows of the tile of <see cref="Accumulate16"/>.</summary>
    public const int HalfRows = 16;

    /// <summary>
    /// Adds the outer products of the pixels of a strip to the first 16 columns of a tile of 16 rows; the parameters are those of
    /// <see cref="Accumulate32"/>, with 16 for 8. Both the right side's rows and the tile's are 32 floats apart.
    /// </summary>
    /// <inheritdoc cref="Accumulate32"/>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Accumulate16(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Accumulate16x16(
                ref a[aOffset], lines, lineStride, width, pixelStride, ref b[bOffset], ref c[cOffset], count, accumulate);
            return;
        }

        AccumulateHalfByQuarters(a, aOffset, lines, lineStride, width, pixelStride, b, bOffset, c, cOffset, count, accumulate);
    }

    internal static void AccumulateHalfByQuarters(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        for (var i = 0; i < count; i += 4)
        {
            Accumulate4x16(
                ref a[aOffset + i], lines, lineStride, width, pixelStride, ref b[bOffset], ref c[cOffset + i * 32],
                Math.Min(4, count - i), accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Accumulate16x16(
        ref float a, int lines, int lineStride, int width, int pixelStride, ref float v, ref float r, int count, int accumulate)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        Vector512<float> c8 = default, c9 = default, c10 = default, c11 = default;
        Vector512<float> c12 = default, c13 = default, c14 = default, c15 = default;
        for (var line = 0; line < lines; line++)
        {
            ref var p = ref Unsafe.Add(ref a, line * lineStride);
            for (var x = 0; x < width; x++)
            {
                var v0 = Vector512.LoadUnsafe(ref v);
                v = ref Unsafe.Add(ref v, 32);
                c0 = Vector512.FusedMultiplyAdd(Vector512.Create(p), v0, c0);
                c1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 1)), v0, c1);
                c2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 2)), v0, c2);
                c3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 3)), v0, c3);
                c4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 4)), v0, c4);
                c5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 5)), v0, c5);
                c6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 6)), v0, c6);
                c7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 7)), v0, c7);
                c8 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 8)), v0, c8);
                c9 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 9)), v0, c9);
                c10 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 10)), v0, c10);
                c11 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 11)), v0, c11);
                c12 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 12)), v0, c12);
                c13 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 13)), v0, c13);
                c14 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 14)), v0, c14);
                c15 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 15)), v0, c15);
                p = ref Unsafe.Add(ref p, pixelStride);
            }
        }

        StoreNarrow(ref r, 0, c0, count, accumulate);
        StoreNarrow(ref r, 1, c1, count, accumulate);
        StoreNarrow(ref r, 2, c2, count, accumulate);
        StoreNarrow(ref r, 3, c3, count, accumulate);
        StoreNarrow(ref r, 4, c4, count, accumulate);
        StoreNarrow(ref r, 5, c5, count, accumulate);
        StoreNarrow(ref r, 6, c6, count, accumulate);
        StoreNarrow(ref r, 7, c7, count, accumulate);
        StoreNarrow(ref r, 8, c8, count, accumulate);
        StoreNarrow(ref r, 9, c9, count, accumulate);
        StoreNarrow(ref r, 10, c10, count, accumulate);
        StoreNarrow(ref r, 11, c11, count, accumulate);
        StoreNarrow(ref r, 12, c12, count, accumulate);
        StoreNarrow(ref r, 13, c13, count, accumulate);
        StoreNarrow(ref r, 14, c14, count, accumulate);
        StoreNarrow(ref r, 15, c15, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreNarrow(ref float r, int row, Vector512<float> sum, int count, int accumulate)
    {
        if (row < count)
        {
            r = ref Unsafe.Add(ref r, row * 32);
            (accumulate != 0 ? sum + Vector512.LoadUnsafe(ref r) : sum).StoreUnsafe(ref r);
        }
    }

    /// <summary>The portable body of <see cref="Accumulate16"/>.</summary>
    /// <inheritdoc cref="Accumulate16"/>
    public static void Accumulate16Portable(
        ArrayView<float> a, int aOffset, int lines, int lineStride, int width, int pixelStride,
        ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int count, int accumulate)
    {
        for (var rows = 0; rows < HalfRows; rows += 4)
        {
            Accumulate4x16Portable(
                a, aOffset + rows, lines, lineStride, width, pixelStride, b, bOffset, c, cOffset + rows * 32, count - rows, accumulate);
        }
    }
}
