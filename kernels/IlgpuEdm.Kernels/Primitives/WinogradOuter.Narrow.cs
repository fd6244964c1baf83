using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>Blocks of 16 columns, and processors with 256-bit vectors.</content>
public static partial class WinogradOuter
{
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
