using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The output transform of F(2x2, 3x3), <c>A^T m A</c> for each channel of each tile: 16 frequencies become 2 x 2 pixels, which are
/// finished and stored.
/// </summary>
public static class WinogradOutput
{
    /// <summary>
    /// Writes a row of tiles: <c>y = (A^T m A + bias + residual) * scale + previous</c>, where bias, residual and the previous value of y
    /// take part only if asked for.
    /// </summary>
    /// <param name="m">The frequencies, <c>[16, tiles, tileStride]</c>.</param>
    /// <param name="mOffset">The first tile's place in the first frequency.</param>
    /// <param name="tileStride">From a tile to the next, in floats.</param>
    /// <param name="frequencyStride">From a frequency to the next, in floats.</param>
    /// <param name="width">Pixels to write in a line: the last tile writes one or two.</param>
    /// <param name="lines">Lines to write, 1 or 2.</param>
    /// <param name="columns">Channels to write.</param>
    /// <param name="y">The result.</param>
    /// <param name="yOffset">The first channel of the first pixel.</param>
    /// <param name="lineStride">From a line of the result to the next, in floats.</param>
    /// <param name="pixelStride">From a pixel of the result to the next, in floats.</param>
    /// <param name="bias">One float a channel.</param>
    /// <param name="biasOffset">The first channel's bias, or -1 for none.</param>
    /// <param name="residual">Laid out as the result.</param>
    /// <param name="residualOffset">The first channel of its first pixel, or -1 for none.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Transform(
        ArrayView<float> m, int mOffset, int tileStride, int frequencyStride, int width, int lines, int columns,
        ArrayView<float> y, int yOffset, int lineStride, int pixelStride, ArrayView<float> bias, int biasOffset,
        ArrayView<float> residual, int residualOffset, float scale, int accumulate)
    {
        var done = 0;
        if (Vector512.IsHardwareAccelerated && columns >= Lanes512.Count)
        {
            done = Row<Lanes512, Vector512<float>>(
                ref m[mOffset], tileStride, frequencyStride, width, lines, columns, ref y[yOffset], lineStride, pixelStride,
                ref Optional(bias, biasOffset, 0), ref Optional(residual, residualOffset, 0), scale, accumulate);
        }

        if (columns - done >= Lanes256.Count)
        {
            done += Row<Lanes256, Vector256<float>>(
                ref m[mOffset + done], tileStride, frequencyStride, width, lines, columns - done,
                ref y[yOffset + done], lineStride, pixelStride,
                ref Optional(bias, biasOffset, done), ref Optional(residual, residualOffset, done), scale, accumulate);
        }

        if (columns - done >= Lanes128.Count)
        {
            done += Row<Lanes128, Vector128<float>>(
                ref m[mOffset + done], tileStride, frequencyStride, width, lines, columns - done,
                ref y[yOffset + done], lineStride, pixelStride,
                ref Optional(bias, biasOffset, done), ref Optional(residual, residualOffset, done), scale, accumulate);
        }

        if (done < columns)
        {
            TransformPortable(
                m, mOffset + done, tileStride, frequencyStride, width, lines, columns - done, y, yOffset + done, lineStride, pixelStride,
                bias, biasOffset >= 0 ? biasOffset + done : -1, residual, residualOffset >= 0 ? residualOffset + done : -1,
                scale, accumulate);
        }
    }

    /// <summary>The portable body of <see cref="Transform"/>.</summary>
    /// <inheritdoc cref="Transform"/>
    public static void TransformPortable(
        ArrayView<float> m, int mOffset, int tileStride, int frequencyStride, int width, int lines, int columns,
        ArrayView<float> y, int yOffset, int lineStride, int pixelStride, ArrayView<float> bias, int biasOffset,
        ArrayView<float> residual, int residualOffset, float scale, int accumulate)
    {
        for (var x = 0; x < width; x++)
        {
            for (var line = 0; line < lines; line++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var from = mOffset + x / 2 * tileStride + j + line * 4 * frequencyStride;
                    var sign = line == 0 ? 1f : -1f;

                    // Frequencies 0..2 make the even pixel, 1..3 the odd one with the last two subtracted.
                    var first = from + x % 2 * frequencyStride;
                    var pixel = Vertical(m, first, frequencyStride, sign);
                    var second = Vertical(m, first + frequencyStride, frequencyStride, sign);
                    var third = Vertical(m, first + 2 * frequencyStride, frequencyStride, sign);
                    pixel = x % 2 == 0 ? pixel + second + third : pixel - second - third;
                    if (biasOffset >= 0)
                    {
                        pixel += bias[biasOffset + j];
                    }

                    var o = line * lineStride + x * pixelStride + j;
                    if (residualOffset >= 0)
                    {
                        pixel += residual[residualOffset + o];
                    }

                    pixel *= scale;
                    y[yOffset + o] = accumulate != 0 ? pixel + y[yOffset + o] : pixel;
                }
            }
        }
    }

    private static ref float Optional(ArrayView<float> view, int offset, int index)
    {
        if (offset < 0)
        {
            return ref Unsafe.NullRef<float>();
        }

        return ref view[offset + index];
    }

    private static float Vertical(ArrayView<float> m, int from, int frequencyStride, float sign) =>
        m[from] + sign * m[from + 4 * frequencyStride] + sign * m[from + 8 * frequencyStride];

    // Channels that it wrote: whole vectors of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Row<TLanes, T>(
        ref float m, int tileStride, int frequencyStride, int width, int lines, int columns, ref float y, int lineStride, int pixelStride,
        ref float bias, ref float residual, float scale, int accumulate)
        where TLanes : ILanes<T>
        where T : struct
    {
        nint f = frequencyStride;
        var whole = columns / TLanes.Count * TLanes.Count;
        for (var x = 0; x < width; x += 2)
        {
            for (nint j = 0; j < whole; j += TLanes.Count)
            {
                ref var from = ref Unsafe.Add(ref m, j);
                Column<TLanes, T>(ref from, f, out var a0, out var b0);
                Column<TLanes, T>(ref Unsafe.Add(ref from, f), f, out var a1, out var b1);
                Column<TLanes, T>(ref Unsafe.Add(ref from, 2 * f), f, out var a2, out var b2);
                Column<TLanes, T>(ref Unsafe.Add(ref from, 3 * f), f, out var a3, out var b3);
                var o = (nint)x * pixelStride + j;
                var even = TLanes.Add(TLanes.Add(a0, a1), a2);
                var odd = TLanes.Subtract(TLanes.Subtract(a1, a2), a3);
                Finish<TLanes, T>(even, ref y, o, ref bias, j, ref residual, scale, accumulate);
                if (x + 1 < width)
                {
                    Finish<TLanes, T>(odd, ref y, o + pixelStride, ref bias, j, ref residual, scale, accumulate);
                }

                if (lines > 1)
                {
                    o += lineStride;
                    even = TLanes.Add(TLanes.Add(b0, b1), b2);
                    odd = TLanes.Subtract(TLanes.Subtract(b1, b2), b3);
                    Finish<TLanes, T>(even, ref y, o, ref bias, j, ref residual, scale, accumulate);
                    if (x + 1 < width)
                    {
                        Finish<TLanes, T>(odd, ref y, o + pixelStride, ref bias, j, ref residual, scale, accumulate);
                    }
                }
            }

            m = ref Unsafe.Add(ref m, tileStride);
        }

        return whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TLanes, T>(ref float m, nint f, out T a, out T b)
        where TLanes : ILanes<T>
        where T : struct
    {
        var m1 = TLanes.Load(ref m, 4 * f);
        var m2 = TLanes.Load(ref m, 8 * f);
        a = TLanes.Add(TLanes.Add(TLanes.Load(ref m, 0), m1), m2);
        b = TLanes.Subtract(TLanes.Subtract(m1, m2), TLanes.Load(ref m, 12 * f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TLanes, T>(
        T sum, ref float y, nint o, ref float bias, nint j, ref float residual, float scale, int accumulate)
        where TLanes : ILanes<T>
        where T : struct
    {
        if (!Unsafe.IsNullRef(ref bias))
        {
            sum = TLanes.Add(sum, TLanes.Load(ref bias, j));
        }

        if (!Unsafe.IsNullRef(ref residual))
        {
            sum = TLanes.Add(sum, TLanes.Load(ref residual, o));
        }

        sum = TLanes.Scale(sum, scale);
        if (accumulate != 0)
        {
            sum = TLanes.Add(sum, TLanes.Load(ref y, o));
        }

        TLanes.Store(sum, ref y, o);
    }
}
