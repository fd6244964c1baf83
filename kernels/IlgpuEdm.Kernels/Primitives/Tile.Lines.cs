using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>All tiles of a strip of image lines, from the sums to the stored result.</content>
public static partial class Tile
{
    /// <summary>Floats of scratch of <see cref="MultiplyLines"/>.</summary>
    public const int ScratchSize = 256;

    /// <summary>
    /// Convolves the lines of a strip with one block of output channels, 8 or 16 pixels at a time, and stores
    /// <c>y = (sum + bias + residual) * scale</c>, added to y if asked for.
    /// </summary>
    /// <param name="a">Holds the strip, its lines with the border that the kernel reads.</param>
    /// <param name="aOffset">Where the taps of the first pixel start.</param>
    /// <param name="lines">Lines of the result.</param>
    /// <param name="width">Pixels of a line of the result.</param>
    /// <param name="pixelStride">Input channels.</param>
    /// <param name="lineStride">From a line of the strip to the next, in floats.</param>
    /// <param name="kernel">Taps in each direction.</param>
    /// <param name="b">The packed block, <c>[kernel * kernel * pixelStride, 32]</c>, or 16 wide where 16 columns are enough.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="tile">Scratch.</param>
    /// <param name="tileOffset">Where it starts.</param>
    /// <param name="y">The result.</param>
    /// <param name="yOffset">The block's first channel in the first pixel.</param>
    /// <param name="yStride">Channels of a pixel of the result.</param>
    /// <param name="columns">Channels of the block, 1 to 32.</param>
    /// <param name="bias">One float a channel.</param>
    /// <param name="biasOffset">The block's first, or -1 for none.</param>
    /// <param name="residual">Laid out as the result.</param>
    /// <param name="residualOffset">As yOffset, or -1 for none.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void MultiplyLines(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int kernel,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float scale, int accumulate) =>
        Lines(
            a, aOffset, lines, width, pixelStride, lineStride, kernel, b, bOffset, tile, tileOffset, y, yOffset, yStride, columns,
            bias, biasOffset, residual, residualOffset, scale, accumulate, Vector512.IsHardwareAccelerated);

    // On processors with 256-bit vectors.
    internal static void MultiplyLinesNarrow(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int kernel,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float scale, int accumulate) =>
        Lines(
            a, aOffset, lines, width, pixelStride, lineStride, kernel, b, bOffset, tile, tileOffset, y, yOffset, yStride, columns,
            bias, biasOffset, residual, residualOffset, scale, accumulate, wide: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Lines(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int kernel,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float scale, int accumulate, bool wide)
    {
        var blockWidth = columns > 16 ? 32 : 16;
        ref var input = ref a[aOffset];
        ref var weights = ref b[bOffset];
        ref var sums = ref tile[tileOffset];
        ref var result = ref y[yOffset];
        ref var add = ref biasOffset >= 0 ? ref bias[biasOffset] : ref Unsafe.NullRef<float>();
        ref var other = ref residualOffset >= 0 ? ref residual[residualOffset] : ref Unsafe.NullRef<float>();
        var rowSkip = lineStride - width * pixelStride;
        var length = kernel * pixelStride;

        // Where lines are whole multiples of 8 pixels, a pixel and the one 8 further are the same distance apart in the whole tile.
        var paired = blockWidth == 16 && width % RowCount == 0 && wide;
        int line = 0, x = 0, count;
        for (var p = 0; p < lines * width; p += count)
        {
            var start = line * lineStride + x * pixelStride;
            count = Math.Min(RowCount, lines * width - p);
            if (paired && p + 2 * RowCount <= lines * width)
            {
                count = 2 * RowCount;
                var second = x + RowCount < width ? RowCount * pixelStride : (width - x) * pixelStride + (lineStride - width * pixelStride)
                    + (x + RowCount - width) * pixelStride;
                Multiply16x16(ref Unsafe.Add(ref input, start), pixelStride, second, kernel, lineStride, length, ref weights, ref sums);
            }
            else if (wide)
            {
                Multiply8(
                    ref Unsafe.Add(ref input, start), x, width, pixelStride, rowSkip, Math.Min(count, RowCount), kernel, lineStride, length,
                    ref weights, ref sums, blockWidth);
            }
            else
            {
                MultiplyByQuarters(
                    a, aOffset + start, x, width, pixelStride, rowSkip, count, kernel, lineStride, length, b, bOffset, tile, tileOffset,
                    blockWidth);
            }

            Rows.StoreRows(
                ref sums, blockWidth, count, columns, ref Unsafe.Add(ref result, p * yStride), yStride, ref add,
                ref Unsafe.IsNullRef(ref other) ? ref other : ref Unsafe.Add(ref other, p * yStride), 1f, scale, accumulate);
            x += count;
            while (x >= width)
            {
                x -= width;
                line++;
            }
        }
    }

    private static void Multiply8(
        ref float p0, int x, int width, int pixelStride, int rowSkip, int count, int segments, int segmentStride, int length,
        ref float w, ref float r, int blockWidth)
    {
        var o = 0;
        Next(ref x, ref o, width, pixelStride, rowSkip, 1, count);
        ref var p1 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 2, count);
        ref var p2 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 3, count);
        ref var p3 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 4, count);
        ref var p4 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 5, count);
        ref var p5 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 6, count);
        ref var p6 = ref Unsafe.Add(ref p0, o);
        Next(ref x, ref o, width, pixelStride, rowSkip, 7, count);
        ref var p7 = ref Unsafe.Add(ref p0, o);
        if (blockWidth == 32)
        {
            Multiply8x32(
                ref p0, ref p1, ref p2, ref p3, ref p4, ref p5, ref p6, ref p7, segments, segmentStride, length, ref w, ref r);
        }
        else
        {
            Multiply8x16(
                ref p0, ref p1, ref p2, ref p3, ref p4, ref p5, ref p6, ref p7, segments, segmentStride, length, ref w, ref r);
        }
    }

    // Rows 0 to 7 are neighbours in a line; rows 8 to 15 lie "second" floats behind them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply16x16(
        ref float p0, int pixelStride, nint second, int segments, int segmentStride, int length, ref float w, ref float r)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default, d6 = default, d7 = default;
        ref var p1 = ref Unsafe.Add(ref p0, pixelStride);
        ref var p2 = ref Unsafe.Add(ref p1, pixelStride);
        ref var p3 = ref Unsafe.Add(ref p2, pixelStride);
        ref var p4 = ref Unsafe.Add(ref p3, pixelStride);
        ref var p5 = ref Unsafe.Add(ref p4, pixelStride);
        ref var p6 = ref Unsafe.Add(ref p5, pixelStride);
        ref var p7 = ref Unsafe.Add(ref p6, pixelStride);
        for (var s = 0; s < segments; s++)
        {
            nint i = s * segmentStride;
            nint end = i + length;
            for (; i < end; i++)
            {
                var w0 = Vector512.LoadUnsafe(ref w);
                var j = i + second;
                w = ref Unsafe.Add(ref w, 16);
                c0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p0, i)), w0, c0);
                d0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p0, j)), w0, d0);
                c1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p1, i)), w0, c1);
                d1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p1, j)), w0, d1);
                c2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p2, i)), w0, c2);
                d2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p2, j)), w0, d2);
                c3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p3, i)), w0, c3);
                d3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p3, j)), w0, d3);
                c4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p4, i)), w0, c4);
                d4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p4, j)), w0, d4);
                c5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p5, i)), w0, c5);
                d5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p5, j)), w0, d5);
                c6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p6, i)), w0, c6);
                d6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p6, j)), w0, d6);
                c7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p7, i)), w0, c7);
                d7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref p7, j)), w0, d7);
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
        d0.StoreUnsafe(ref r, 128);
        d1.StoreUnsafe(ref r, 144);
        d2.StoreUnsafe(ref r, 160);
        d3.StoreUnsafe(ref r, 176);
        d4.StoreUnsafe(ref r, 192);
        d5.StoreUnsafe(ref r, 208);
        d6.StoreUnsafe(ref r, 224);
        d7.StoreUnsafe(ref r, 240);
    }

    /// <summary>The portable body of <see cref="MultiplyLines"/>.</summary>
    /// <inheritdoc cref="MultiplyLines"/>
    public static void MultiplyLinesPortable(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int kernel,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float scale, int accumulate)
    {
        var pixels = lines * width;
        var blockWidth = columns > 16 ? 32 : 16;
        for (var p = 0; p < pixels; p += RowCount)
        {
            var count = pixels - p < RowCount ? pixels - p : RowCount;
            var line = p / width;
            var x = p - line * width;
            var start = aOffset + line * lineStride + x * pixelStride;
            for (var j = 0; j < blockWidth; j += 16)
            {
                MultiplyPortable(
                    a, start, x, width, pixelStride, lineStride - width * pixelStride, count, kernel, lineStride, kernel * pixelStride,
                    b, bOffset + j, tile, tileOffset + j, blockWidth);
            }

            Rows.StoreTilePortable(
                tile, tileOffset, blockWidth, count, columns, y, yOffset + p * yStride, yStride, bias, biasOffset,
                residual, residualOffset >= 0 ? residualOffset + p * yStride : -1, 1f, scale, accumulate);
        }
    }
}
