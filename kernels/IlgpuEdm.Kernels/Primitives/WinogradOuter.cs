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
        var step = width == 32 ? Tile.RowCount : OuterTile.HalfRows;
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var i = 0; i < channels; i += step)
            {
                ref var from = ref Unsafe.Add(ref a, i);
                ref var to = ref Unsafe.Add(ref c, i * 32);
                if (width == 32)
                {
                    OuterTile.Accumulate8x32(ref from, 1, 0, tiles, tileStride, ref b, ref to, channels - i, accumulate);
                }
                else
                {
                    OuterTile.Accumulate16x16(ref from, 1, 0, tiles, tileStride, ref b, ref to, channels - i, accumulate);
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
}
