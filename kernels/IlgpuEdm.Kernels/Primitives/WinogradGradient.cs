using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The transform of the output's gradient in the weight gradient of F(2x2, 3x3), <c>Z = A dy A^T</c>: 2 x 2 pixels become 16 frequencies;
/// pixels outside the image count as zeros.
/// </summary>
public static class WinogradGradient
{
    /// <summary>Transforms a row of tiles into a packed block of 32 columns, filled up with zeros to 16 or 32.</summary>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="dyOffset">The first channel of the first pixel.</param>
    /// <param name="lineStride">From a line of pixels to the next, in floats.</param>
    /// <param name="pixelStride">From a pixel to the next, in floats.</param>
    /// <param name="width">Pixels in a line; the last tile has one or two.</param>
    /// <param name="lines">Lines that exist, 1 or 2.</param>
    /// <param name="columns">Channels that exist, at most 32.</param>
    /// <param name="z">Receives <c>[16, tiles, 32]</c>.</param>
    /// <param name="zOffset">The first tile's place in the first frequency.</param>
    /// <param name="frequencyStride">From a frequency to the next, in floats.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Transform(
        ArrayView<float> dy, int dyOffset, int lineStride, int pixelStride, int width, int lines, int columns,
        ArrayView<float> z, int zOffset, int frequencyStride)
    {
        var done = 0;
        if (Vector512.IsHardwareAccelerated && columns >= Lanes512.Count)
        {
            done = Row<Lanes512, Vector512<float>>(
                ref dy[dyOffset], lineStride, pixelStride, width, lines, columns, ref z[zOffset], frequencyStride);
        }

        if (columns - done >= Lanes256.Count)
        {
            done += Row<Lanes256, Vector256<float>>(
                ref dy[dyOffset + done], lineStride, pixelStride, width, lines, columns - done, ref z[zOffset + done], frequencyStride);
        }

        if (columns - done >= Lanes128.Count)
        {
            done += Row<Lanes128, Vector128<float>>(
                ref dy[dyOffset + done], lineStride, pixelStride, width, lines, columns - done, ref z[zOffset + done], frequencyStride);
        }

        if (done == columns)
        {
            Zeros(ref z[zOffset + done], (width + 1) / 2, (columns > 16 ? 32 : 16) - done, frequencyStride);
        }
        else
        {
            Columns(dy, dyOffset, lineStride, pixelStride, width, lines, done, columns, z, zOffset, frequencyStride);
        }
    }

    /// <summary>The portable body of <see cref="Transform"/>.</summary>
    /// <inheritdoc cref="Transform"/>
    public static void TransformPortable(
        ArrayView<float> dy, int dyOffset, int lineStride, int pixelStride, int width, int lines, int columns,
        ArrayView<float> z, int zOffset, int frequencyStride) =>
        Columns(dy, dyOffset, lineStride, pixelStride, width, lines, 0, columns, z, zOffset, frequencyStride);

    private static void Columns(
        ArrayView<float> dy, int dyOffset, int lineStride, int pixelStride, int width, int lines, int firstColumn, int columns,
        ArrayView<float> z, int zOffset, int frequencyStride)
    {
        for (var x = 0; x < width; x += 2)
        {
            for (var j = firstColumn; j < (columns > 16 ? 32 : 16); j++)
            {
                var from = dyOffset + x * pixelStride + j;
                var d00 = j < columns ? dy[from] : 0f;
                var d01 = j < columns && x + 1 < width ? dy[from + pixelStride] : 0f;
                var d10 = j < columns && lines > 1 ? dy[from + lineStride] : 0f;
                var d11 = j < columns && lines > 1 && x + 1 < width ? dy[from + lineStride + pixelStride] : 0f;
                var to = zOffset + x / 2 * Tile.BlockWidth + j;
                Frequencies(z, to, frequencyStride, d00, d01);
                Frequencies(z, to + 4 * frequencyStride, frequencyStride, d00 + d10, d01 + d11);
                Frequencies(z, to + 8 * frequencyStride, frequencyStride, d00 - d10, d01 - d11);
                Frequencies(z, to + 12 * frequencyStride, frequencyStride, -d10, -d11);
            }
        }
    }

    private static void Frequencies(ArrayView<float> z, int to, int frequencyStride, float even, float odd)
    {
        z[to] = even;
        z[to + frequencyStride] = even + odd;
        z[to + 2 * frequencyStride] = even - odd;
        z[to + 3 * frequencyStride] = -odd;
    }

    // Channels that it wrote: whole vectors of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Row<TLanes, T>(
        ref float dy, int lineStride, int pixelStride, int width, int lines, int columns, ref float z, int frequencyStride)
        where TLanes : ILanes<T>
        where T : struct
    {
        nint f = frequencyStride;
        var whole = columns / TLanes.Count * TLanes.Count;
        for (var x = 0; x < width; x += 2)
        {
            for (nint j = 0; j < whole; j += TLanes.Count)
            {
                ref var from = ref Unsafe.Add(ref dy, j);
                var d00 = TLanes.Load(ref from, 0);
                var d01 = x + 1 < width ? TLanes.Load(ref from, pixelStride) : default;
                var d10 = lines > 1 ? TLanes.Load(ref from, lineStride) : default;
                var d11 = lines > 1 && x + 1 < width ? TLanes.Load(ref from, lineStride + pixelStride) : default;
                ref var to = ref Unsafe.Add(ref z, j);
                Store<TLanes, T>(ref to, f, d00, d01);
                Store<TLanes, T>(ref Unsafe.Add(ref to, 4 * f), f, TLanes.Add(d00, d10), TLanes.Add(d01, d11));
                Store<TLanes, T>(ref Unsafe.Add(ref to, 8 * f), f, TLanes.Subtract(d00, d10), TLanes.Subtract(d01, d11));
                Store<TLanes, T>(ref Unsafe.Add(ref to, 12 * f), f, TLanes.Scale(d10, -1f), TLanes.Scale(d11, -1f));
            }

            dy = ref Unsafe.Add(ref dy, 2 * pixelStride);
            z = ref Unsafe.Add(ref z, Tile.BlockWidth);
        }

        return whole;
    }

    // The columns of every tile that fill it up, a multiple of four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Zeros(ref float z, int tiles, int columns, int frequencyStride)
    {
        for (var f = 0; columns > 0 && f < WinogradInput.Frequencies; f++)
        {
            for (var tile = 0; tile < tiles; tile++)
            {
                for (var j = 0; j < columns; j += Lanes128.Count)
                {
                    Vector128<float>.Zero.StoreUnsafe(ref Unsafe.Add(ref z, tile * Tile.BlockWidth + j));
                }
            }

            z = ref Unsafe.Add(ref z, frequencyStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes, T>(ref float to, nint f, T even, T odd)
        where TLanes : ILanes<T>
        where T : struct
    {
        TLanes.Store(even, ref to, 0);
        TLanes.Store(TLanes.Add(even, odd), ref to, f);
        TLanes.Store(TLanes.Subtract(even, odd), ref to, 2 * f);
        TLanes.Store(TLanes.Scale(odd, -1f), ref to, 3 * f);
    }
}
