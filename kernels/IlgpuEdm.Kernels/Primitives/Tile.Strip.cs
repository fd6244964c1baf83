using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>All tiles of a strip of an image for a convolution of any kernel and stride, with bias and rectifier.</content>
public static partial class Tile
{
    /// <summary>
    /// Convolves a strip with one block of output channels, 8 pixels at a time, and stores <c>y = max(sum + bias, floor)</c>.
    /// </summary>
    /// <param name="a">Holds the strip, its lines with the border that the kernel reads.</param>
    /// <param name="aOffset">Where the taps of the first pixel start.</param>
    /// <param name="lines">Lines of the result.</param>
    /// <param name="width">Pixels of a line of the result.</param>
    /// <param name="pixelStride">From the taps of a pixel to those of the next, in floats.</param>
    /// <param name="lineStride">From the taps of a line to those of the next line of the result, in floats.</param>
    /// <param name="segments">Rows of the kernel.</param>
    /// <param name="segmentStride">From a row of the kernel to the next, in floats.</param>
    /// <param name="length">Floats of a row of the kernel: its columns, and all channels of each.</param>
    /// <param name="b">The packed block, <c>[segments * length, 32]</c>, or 16 wide where 16 columns are enough.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="tile">Scratch.</param>
    /// <param name="tileOffset">Where it starts.</param>
    /// <param name="y">The result.</param>
    /// <param name="yOffset">The block's first channel in the first pixel.</param>
    /// <param name="yStride">Channels of a pixel of the result.</param>
    /// <param name="columns">Channels of the block, 1 to 32.</param>
    /// <param name="bias">One float a channel.</param>
    /// <param name="biasOffset">The block's first.</param>
    /// <param name="floor">The least result; negative infinity for any.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void MultiplyStrip(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int segments, int segmentStride, int length,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, float floor) =>
        Strip(
            a, aOffset, lines, width, pixelStride, lineStride, segments, segmentStride, length, b, bOffset, tile, tileOffset,
            y, yOffset, yStride, columns, bias, biasOffset, floor, Vector512.IsHardwareAccelerated);

    // On processors with 256-bit vectors.
    internal static void MultiplyStripNarrow(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int segments, int segmentStride, int length,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, float floor) =>
        Strip(
            a, aOffset, lines, width, pixelStride, lineStride, segments, segmentStride, length, b, bOffset, tile, tileOffset,
            y, yOffset, yStride, columns, bias, biasOffset, floor, wide: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Strip(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int segments, int segmentStride, int length,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, float floor, bool wide)
    {
        var blockWidth = columns > 16 ? 32 : 16;
        ref var input = ref a[aOffset];
        ref var weights = ref b[bOffset];
        ref var sums = ref tile[tileOffset];
        ref var result = ref y[yOffset];
        ref var add = ref bias[biasOffset];
        var rowSkip = lineStride - width * pixelStride;
        for (var p = 0; p < lines * width; p += RowCount)
        {
            var line = p / width;
            var x = p - line * width;
            var start = line * lineStride + x * pixelStride;
            var count = Math.Min(RowCount, lines * width - p);
            if (wide)
            {
                Multiply8(
                    ref Unsafe.Add(ref input, start), x, width, pixelStride, rowSkip, count, segments, segmentStride, length,
                    ref weights, ref sums, blockWidth);
            }
            else
            {
                MultiplyByQuarters(
                    a, aOffset + start, x, width, pixelStride, rowSkip, count, segments, segmentStride, length, b, bOffset,
                    tile, tileOffset, blockWidth);
            }

            StoreAbove(ref sums, blockWidth, count, columns, ref Unsafe.Add(ref result, p * yStride), yStride, ref add, floor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void StoreAbove(
        ref float from, int tileWidth, int rows, int columns, ref float to, int yStride, ref float add, float floor)
    {
        var least = new Vector<float>(floor);
        for (var r = 0; r < rows; r++)
        {
            var j = 0;
            for (; j <= columns - Vector<float>.Count; j += Vector<float>.Count)
            {
                var sum = Vector.LoadUnsafe(ref from, (nuint)j) + Vector.LoadUnsafe(ref add, (nuint)j);
                Vector.Max(sum, least).StoreUnsafe(ref to, (nuint)j);
            }

            for (; j < columns; j++)
            {
                Unsafe.Add(ref to, j) = Math.Max(Unsafe.Add(ref from, j) + Unsafe.Add(ref add, j), floor);
            }

            from = ref Unsafe.Add(ref from, tileWidth);
            to = ref Unsafe.Add(ref to, yStride);
        }
    }

    /// <summary>The portable body of <see cref="MultiplyStrip"/>.</summary>
    /// <inheritdoc cref="MultiplyStrip"/>
    public static void MultiplyStripPortable(
        ArrayView<float> a, int aOffset, int lines, int width, int pixelStride, int lineStride, int segments, int segmentStride, int length,
        ArrayView<float> b, int bOffset, ArrayView<float> tile, int tileOffset, ArrayView<float> y, int yOffset, int yStride, int columns,
        ArrayView<float> bias, int biasOffset, float floor)
    {
        var blockWidth = columns > 16 ? 32 : 16;
        for (var p = 0; p < lines * width; p += RowCount)
        {
            var count = lines * width - p < RowCount ? lines * width - p : RowCount;
            var line = p / width;
            var x = p - line * width;
            for (var j = 0; j < blockWidth; j += 16)
            {
                MultiplyPortable(
                    a, aOffset + line * lineStride + x * pixelStride, x, width, pixelStride, lineStride - width * pixelStride, count,
                    segments, segmentStride, length, b, bOffset + j, tile, tileOffset + j, blockWidth);
            }

            for (var r = 0; r < count; r++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var sum = tile[tileOffset + r * blockWidth + j] + bias[biasOffset + j];
                    y[yOffset + (p + r) * yStride + j] = sum < floor ? floor : sum;
                }
            }
        }
    }
}
