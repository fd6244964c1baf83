using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>Blocks of 16 columns, and processors with 256-bit vectors.</content>
public static partial class WinogradOuter
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Accumulate16x16(ref float p, int tileStride, int tiles, ref float w, ref float r, int count, int accumulate)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        Vector512<float> c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default;
        Vector512<float> c15 = default;
        for (var tile = 0; tile < tiles; tile++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            w = ref Unsafe.Add(ref w, 32);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 0)), w0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 1)), w0, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 2)), w0, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 3)), w0, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 4)), w0, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 5)), w0, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 6)), w0, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 7)), w0, c7);
            c8 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 8)), w0, c8);
            c9 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 9)), w0, c9);
            c10 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 10)), w0, c10);
            c11 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 11)), w0, c11);
            c12 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 12)), w0, c12);
            c13 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 13)), w0, c13);
            c14 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 14)), w0, c14);
            c15 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p, 15)), w0, c15);
            p = ref Unsafe.Add(ref p, tileStride);
        }

        Store(ref r, 0, c0, count, accumulate);
        Store(ref r, 1, c1, count, accumulate);
        Store(ref r, 2, c2, count, accumulate);
        Store(ref r, 3, c3, count, accumulate);
        Store(ref r, 4, c4, count, accumulate);
        Store(ref r, 5, c5, count, accumulate);
        Store(ref r, 6, c6, count, accumulate);
        Store(ref r, 7, c7, count, accumulate);
        Store(ref r, 8, c8, count, accumulate);
        Store(ref r, 9, c9, count, accumulate);
        Store(ref r, 10, c10, count, accumulate);
        Store(ref r, 11, c11, count, accumulate);
        Store(ref r, 12, c12, count, accumulate);
        Store(ref r, 13, c13, count, accumulate);
        Store(ref r, 14, c14, count, accumulate);
        Store(ref r, 15, c15, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float r, int row, Vector512<float> c, int count, int accumulate)
    {
        if (row < count)
        {
            r = ref Unsafe.Add(ref r, row * 32);
            (accumulate != 0 ? c + Vector512.LoadUnsafe(ref r) : c).StoreUnsafe(ref r);
        }
    }

    // Four channels by 16 columns at a time: what the 16 registers of AVX2 hold.
    internal static void AccumulateNarrow(
        ArrayView<float> v, int vOffset, int vStride, int tileStride, int tiles, int channels, ArrayView<float> z, int zOffset, int zStride,
        ArrayView<float> du, int duOffset, int duStride, int width, int accumulate)
    {
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var i = 0; i < channels; i += 4)
            {
                for (var j = 0; j < width; j += 16)
                {
                    OuterTile.Accumulate4x16(
                        ref v[vOffset + f * vStride + i], 1, 0, tiles, tileStride, ref z[zOffset + f * zStride + j],
                        ref du[duOffset + f * duStride + i * 32 + j], Math.Min(4, channels - i), accumulate);
                }
            }
        }
    }
}
