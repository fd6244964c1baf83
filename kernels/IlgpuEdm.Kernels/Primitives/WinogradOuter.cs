using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The products of F(2x2, 3x3) in the weight gradient: for each of 16 frequencies a sum of outer products of input channels and 32 output
/// channels, in the order of the tiles.
/// </summary>
public static partial class WinogradOuter
{
    /// <summary><c>du[f, i, j] += sum over tiles of v[f, tile, i] * z[f, tile, j]</c>.</summary>
    /// <param name="v">The transformed input, <c>[16, tiles, channels]</c>; up to 15 floats behind a tile's channels are read.</param>
    /// <param name="vOffset">Where it starts.</param>
    /// <param name="vStride">From a frequency of it to the next.</param>
    /// <param name="tileStride">From a tile of it to the next.</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="z">The transformed gradient, <c>[16, tiles, 32]</c>.</param>
    /// <param name="zOffset">Where it starts.</param>
    /// <param name="zStride">From a frequency of it to the next.</param>
    /// <param name="du">The sums, <c>[16, channels, 32]</c>.</param>
    /// <param name="duOffset">Where they start.</param>
    /// <param name="duStride">From a frequency of them to the next.</param>
    /// <param name="width">32, or 16 to leave out the last 16 columns.</param>
    /// <param name="accumulate">0 to overwrite the sums, else they are added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Accumulate(
        ArrayView<float> v, int vOffset, int vStride, int tileStride, int tiles, int channels, ArrayView<float> z, int zOffset, int zStride,
        ArrayView<float> du, int duOffset, int duStride, int width, int accumulate)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            AccumulateNarrow(
                v, vOffset, vStride, tileStride, tiles, channels, z, zOffset, zStride, du, duOffset, duStride, width, accumulate);
            return;
        }

        ref var a = ref v[vOffset];
        ref var b = ref z[zOffset];
        ref var c = ref du[duOffset];
        var step = width == 32 ? 8 : 16;
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var i = 0; i < channels; i += step)
            {
                ref var from = ref Unsafe.Add(ref a, i);
                ref var to = ref Unsafe.Add(ref c, i * 32);
                if (width == 32)
                {
                    Accumulate8x32(ref from, tileStride, tiles, ref b, ref to, channels - i, accumulate);
                }
                else
                {
                    Accumulate16x16(ref from, tileStride, tiles, ref b, ref to, channels - i, accumulate);
                }
            }

            a = ref Unsafe.Add(ref a, vStride);
            b = ref Unsafe.Add(ref b, zStride);
            c = ref Unsafe.Add(ref c, duStride);
        }
    }

    /// <summary>The portable body of <see cref="Accumulate"/>.</summary>
    /// <inheritdoc cref="Accumulate"/>
    public static void AccumulatePortable(
        ArrayView<float> v, int vOffset, int vStride, int tileStride, int tiles, int channels, ArrayView<float> z, int zOffset, int zStride,
        ArrayView<float> du, int duOffset, int duStride, int width, int accumulate)
    {
        // 4 channels by 16 columns, sums that compilers keep in registers; channels that do not exist repeat the last.
        var sums = LocalMemory.Allocate<float>(64);
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var i = 0; i < channels; i += 4)
            {
                var i1 = i + 1 < channels ? 1 : 0;
                var i2 = i1 + (i + 2 < channels ? 1 : 0);
                var i3 = i2 + (i + 3 < channels ? 1 : 0);
                for (var column = 0; column < width; column += 16)
                {
                    for (var j = 0; j < 64; j++)
                    {
                        sums[j] = 0f;
                    }

                    for (var tile = 0; tile < tiles; tile++)
                    {
                        var p = vOffset + f * vStride + tile * tileStride + i;
                        var w = zOffset + f * zStride + tile * 32 + column;
                        Add(sums, 0, v[p], z, w);
                        Add(sums, 16, v[p + i1], z, w);
                        Add(sums, 32, v[p + i2], z, w);
                        Add(sums, 48, v[p + i3], z, w);
                    }

                    for (var k = 0; k < 4 && i + k < channels; k++)
                    {
                        var o = duOffset + f * duStride + (i + k) * 32 + column;
                        for (var j = 0; j < 16; j++)
                        {
                            du[o + j] = accumulate != 0 ? du[o + j] + sums[k * 16 + j] : sums[k * 16 + j];
                        }
                    }
                }
            }
        }
    }

    private static void Add(ArrayView<float> sums, int row, float factor, ArrayView<float> z, int w)
    {
        for (var j = 0; j < 16; j++)
        {
            sums[row + j] += factor * z[w + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Accumulate8x32(ref float p, int tileStride, int tiles, ref float w, ref float r, int count, int accumulate)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        for (var tile = 0; tile < tiles; tile++)
        {
            var w0 = Vector512.LoadUnsafe(ref w);
            var w1 = Vector512.LoadUnsafe(ref w, 16);
            w = ref Unsafe.Add(ref w, 32);
            var s = Vector512.Create(p);
            c00 = Vector512.FusedMultiplyAdd(s, w0, c00);
            c01 = Vector512.FusedMultiplyAdd(s, w1, c01);
            s = Vector512.Create(Unsafe.Add(ref p, 1));
            c10 = Vector512.FusedMultiplyAdd(s, w0, c10);
            c11 = Vector512.FusedMultiplyAdd(s, w1, c11);
            s = Vector512.Create(Unsafe.Add(ref p, 2));
            c20 = Vector512.FusedMultiplyAdd(s, w0, c20);
            c21 = Vector512.FusedMultiplyAdd(s, w1, c21);
            s = Vector512.Create(Unsafe.Add(ref p, 3));
            c30 = Vector512.FusedMultiplyAdd(s, w0, c30);
            c31 = Vector512.FusedMultiplyAdd(s, w1, c31);
            s = Vector512.Create(Unsafe.Add(ref p, 4));
            c40 = Vector512.FusedMultiplyAdd(s, w0, c40);
            c41 = Vector512.FusedMultiplyAdd(s, w1, c41);
            s = Vector512.Create(Unsafe.Add(ref p, 5));
            c50 = Vector512.FusedMultiplyAdd(s, w0, c50);
            c51 = Vector512.FusedMultiplyAdd(s, w1, c51);
            s = Vector512.Create(Unsafe.Add(ref p, 6));
            c60 = Vector512.FusedMultiplyAdd(s, w0, c60);
            c61 = Vector512.FusedMultiplyAdd(s, w1, c61);
            s = Vector512.Create(Unsafe.Add(ref p, 7));
            c70 = Vector512.FusedMultiplyAdd(s, w0, c70);
            c71 = Vector512.FusedMultiplyAdd(s, w1, c71);
            p = ref Unsafe.Add(ref p, tileStride);
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
