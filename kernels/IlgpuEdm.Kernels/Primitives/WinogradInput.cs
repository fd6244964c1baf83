using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The input transform of F(2x2, 3x3), <c>V = B^T d B</c> for each channel of each tile: 4 x 4 pixels, 2 apart, become 16 frequencies,
/// numbered <c>4 * row + column</c>.
/// </summary>
public static class WinogradInput
{
    /// <summary>Frequencies of a tile.</summary>
    public const int Frequencies = 16;

    /// <summary>Transforms a row of tiles.</summary>
    /// <param name="d">Padded pixels; a row of tiles reads 4 lines of <c>2 * tiles + 2</c> pixels.</param>
    /// <param name="dOffset">The first channel of the first pixel.</param>
    /// <param name="lineStride">From a line of pixels to the next, in floats.</param>
    /// <param name="pixelStride">From a pixel to the next, in floats.</param>
    /// <param name="tiles">Tiles in the row.</param>
    /// <param name="channels">Channels to transform.</param>
    /// <param name="v">Receives <c>[16, tiles, channels]</c> at the strides given.</param>
    /// <param name="vOffset">The first tile's place in the first frequency.</param>
    /// <param name="tileStride">From a tile to the next, in floats.</param>
    /// <param name="frequencyStride">From a frequency to the next, in floats.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Transform(
        ArrayView<float> d, int dOffset, int lineStride, int pixelStride, int tiles, int channels,
        ArrayView<float> v, int vOffset, int tileStride, int frequencyStride)
    {
        if (Vector512.IsHardwareAccelerated && channels >= Lanes512.Count)
        {
            Row<Lanes512, Vector512<float>>(
                ref d[dOffset], lineStride, pixelStride, tiles, channels, ref v[vOffset], tileStride, frequencyStride);
        }
        else if (channels >= Lanes256.Count)
        {
            Row<Lanes256, Vector256<float>>(
                ref d[dOffset], lineStride, pixelStride, tiles, channels, ref v[vOffset], tileStride, frequencyStride);
        }
        else
        {
            TransformPortable(d, dOffset, lineStride, pixelStride, tiles, channels, v, vOffset, tileStride, frequencyStride);
        }
    }

    /// <summary>The portable body of <see cref="Transform"/>.</summary>
    /// <inheritdoc cref="Transform"/>
    public static void TransformPortable(
        ArrayView<float> d, int dOffset, int lineStride, int pixelStride, int tiles, int channels,
        ArrayView<float> v, int vOffset, int tileStride, int frequencyStride)
    {
        for (var tile = 0; tile < tiles; tile++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var from = dOffset + 2 * tile * pixelStride + channel;
                var to = vOffset + tile * tileStride + channel;
                for (var row = 0; row < 4; row++)
                {
                    // Row of B^T: a pair of lines, added or subtracted.
                    var plus = from + (row == 0 ? 0 : row == 2 ? 2 : 1) * lineStride;
                    var minus = from + (row == 3 ? 3 : row == 2 ? 1 : 2) * lineStride;
                    var sign = row == 1 ? 1f : -1f;
                    var t0 = d[plus] + sign * d[minus];
                    var t1 = d[plus + pixelStride] + sign * d[minus + pixelStride];
                    var t2 = d[plus + 2 * pixelStride] + sign * d[minus + 2 * pixelStride];
                    var t3 = d[plus + 3 * pixelStride] + sign * d[minus + 3 * pixelStride];
                    v[to] = t0 - t2;
                    v[to + frequencyStride] = t1 + t2;
                    v[to + 2 * frequencyStride] = t2 - t1;
                    v[to + 3 * frequencyStride] = t1 - t3;
                    to += 4 * frequencyStride;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row<TLanes, T>(
        ref float d, int lineStride, int pixelStride, int tiles, int channels, ref float v, int tileStride, int frequencyStride)
        where TLanes : ILanes<T>
        where T : struct
    {
        nint f = frequencyStride;
        for (var tile = 0; tile < tiles; tile++)
        {
            for (var next = 0; next < channels; next += TLanes.Count)
            {
                // The last vector overlaps the one before it where channels do not divide.
                nint channel = Math.Min(next, channels - TLanes.Count);
                ref var to = ref Unsafe.Add(ref v, channel);
                ref var line0 = ref Unsafe.Add(ref d, channel);
                ref var line1 = ref Unsafe.Add(ref line0, lineStride);
                ref var line2 = ref Unsafe.Add(ref line1, lineStride);
                ref var line3 = ref Unsafe.Add(ref line2, lineStride);
                Column<TLanes, T>(ref line0, ref line1, ref line2, ref line3, 0, out var a0, out var b0, out var c0, out var e0);
                Column<TLanes, T>(ref line0, ref line1, ref line2, ref line3, pixelStride, out var a1, out var b1, out var c1, out var e1);
                Column<TLanes, T>(
                    ref line0, ref line1, ref line2, ref line3, 2 * pixelStride, out var a2, out var b2, out var c2, out var e2);
                Column<TLanes, T>(
                    ref line0, ref line1, ref line2, ref line3, 3 * pixelStride, out var a3, out var b3, out var c3, out var e3);
                Store<TLanes, T>(ref to, f, a0, a1, a2, a3);
                Store<TLanes, T>(ref Unsafe.Add(ref to, 4 * f), f, b0, b1, b2, b3);
                Store<TLanes, T>(ref Unsafe.Add(ref to, 8 * f), f, c0, c1, c2, c3);
                Store<TLanes, T>(ref Unsafe.Add(ref to, 12 * f), f, e0, e1, e2, e3);
            }

            d = ref Unsafe.Add(ref d, 2 * pixelStride);
            v = ref Unsafe.Add(ref v, tileStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TLanes, T>(
        ref float line0, ref float line1, ref float line2, ref float line3, nint x, out T t0, out T t1, out T t2, out T t3)
        where TLanes : ILanes<T>
        where T : struct
    {
        var d1 = TLanes.Load(ref line1, x);
        var d2 = TLanes.Load(ref line2, x);
        t0 = TLanes.Subtract(TLanes.Load(ref line0, x), d2);
        t1 = TLanes.Add(d1, d2);
        t2 = TLanes.Subtract(d2, d1);
        t3 = TLanes.Subtract(d1, TLanes.Load(ref line3, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes, T>(ref float to, nint f, T t0, T t1, T t2, T t3)
        where TLanes : ILanes<T>
        where T : struct
    {
        TLanes.Store(TLanes.Subtract(t0, t2), ref to, 0);
        TLanes.Store(TLanes.Add(t1, t2), ref to, f);
        TLanes.Store(TLanes.Subtract(t2, t1), ref to, 2 * f);
        TLanes.Store(TLanes.Subtract(t1, t3), ref to, 3 * f);
    }
}
