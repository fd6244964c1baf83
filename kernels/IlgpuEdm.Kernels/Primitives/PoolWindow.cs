using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>What a pool makes of the pixels of a window.</summary>
public static class PoolWindow
{
    /// <summary>The largest value of each channel, or their scaled sum, in the order of the pixels.</summary>
    /// <param name="x">Holds the pixels.</param>
    /// <param name="xOffset">The window's first pixel.</param>
    /// <param name="lines">Lines of the window, at least 1.</param>
    /// <param name="lineStride">From a line to the next, in floats.</param>
    /// <param name="pixels">Pixels of a line, at least 1.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="y">Receives a float a channel.</param>
    /// <param name="yOffset">Where the first goes.</param>
    /// <param name="factor">Factor of the sum; 0 for the largest value.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Reduce(
        ArrayView<float> x, int xOffset, int lines, int lineStride, int pixels, int channels, ArrayView<float> y, int yOffset, float factor)
    {
        ref var from = ref x[xOffset];
        ref var to = ref y[yOffset];
        var j = 0;
        for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
        {
            Wide(ref Unsafe.Add(ref from, j), lines, lineStride, pixels, channels, factor).StoreUnsafe(ref to, (nuint)j);
        }

        for (; j < channels; j++)
        {
            Unsafe.Add(ref to, j) = One(x, xOffset + j, lines, lineStride, pixels, channels, factor);
        }
    }

    private static Vector<float> Wide(ref float from, int lines, int lineStride, int pixels, int channels, float factor)
    {
        var result = Vector.LoadUnsafe(ref from);
        for (var line = 0; line < lines; line++)
        {
            for (var pixel = line == 0 ? 1 : 0; pixel < pixels; pixel++)
            {
                var value = Vector.LoadUnsafe(ref from, (nuint)(line * lineStride + pixel * channels));
                result = factor == 0f ? Vector.ConditionalSelect(Vector.GreaterThan(value, result), value, result) : result + value;
            }
        }

        return factor == 0f ? result : result * factor;
    }

    private static float One(ArrayView<float> x, int offset, int lines, int lineStride, int pixels, int channels, float factor)
    {
        var result = x[offset];
        for (var line = 0; line < lines; line++)
        {
            for (var pixel = line == 0 ? 1 : 0; pixel < pixels; pixel++)
            {
                var value = x[offset + line * lineStride + pixel * channels];
                result = factor == 0f ? (value > result ? value : result) : result + value;
            }
        }

        return factor == 0f ? result : result * factor;
    }

    /// <summary>The portable body of <see cref="Reduce"/>.</summary>
    /// <inheritdoc cref="Reduce"/>
    public static void ReducePortable(
        ArrayView<float> x, int xOffset, int lines, int lineStride, int pixels, int channels, ArrayView<float> y, int yOffset, float factor)
    {
        for (var j = 0; j < channels; j++)
        {
            y[yOffset + j] = One(x, xOffset + j, lines, lineStride, pixels, channels, factor);
        }
    }
}
