using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Brings lines of pixels into scratch, in the form in which a convolution's tiles read them.</summary>
public static class Lines
{
    /// <summary>
    /// Copies the channels of lines of pixels to their place among all channels, through <c>z = a x + b</c> and SiLU if asked for, and
    /// writes zeros to the same channels of the border pixels at both ends of each line.
    /// </summary>
    /// <param name="x">Holds the lines, one after the other.</param>
    /// <param name="xOffset">Where the first starts.</param>
    /// <param name="lines">Lines.</param>
    /// <param name="width">Pixels of a line.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="table">Holds a and b, a float a channel each; read where mode is not 0.</param>
    /// <param name="aOffset">Where a starts.</param>
    /// <param name="bOffset">Where b starts.</param>
    /// <param name="mode">0 to copy, 1 for the affine map, 2 for SiLU after it.</param>
    /// <param name="target">Receives <c>[lines, width + 2 border, stride]</c>, of which these channels are written.</param>
    /// <param name="targetOffset">The first of these channels in the first pixel.</param>
    /// <param name="stride">All channels of a pixel.</param>
    /// <param name="border">Border pixels at each end.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Gather(
        ArrayView<float> x, int xOffset, int lines, int width, int channels, ArrayView<float> table, int aOffset, int bOffset, int mode,
        ArrayView<float> target, int targetOffset, int stride, int border)
    {
        ref var from = ref x[xOffset];
        ref var to = ref target[targetOffset];
        ref var a = ref mode != 0 ? ref table[aOffset] : ref from;
        ref var b = ref mode != 0 ? ref table[bOffset] : ref from;
        for (var line = 0; line < lines; line++)
        {
            Zero(ref to, channels, stride, border);
            to = ref Unsafe.Add(ref to, border * stride);
            if (mode == 0)
            {
                Copy(ref from, ref to, width, channels, stride);
            }
            else
            {
                Map(ref from, ref to, width, channels, stride, ref a, ref b, mode == 2);
            }

            from = ref Unsafe.Add(ref from, width * channels);
            to = ref Unsafe.Add(ref to, width * stride);
            Zero(ref to, channels, stride, border);
            to = ref Unsafe.Add(ref to, border * stride);
        }
    }

    private static void Zero(ref float to, int channels, int stride, int pixels)
    {
        for (var p = 0; p < pixels; p++)
        {
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, p * stride), channels).Clear();
        }
    }

    private static void Copy(ref float from, ref float to, int width, int channels, int stride)
    {
        if (channels == stride)
        {
            MemoryMarshal.CreateReadOnlySpan(ref from, width * channels).CopyTo(MemoryMarshal.CreateSpan(ref to, width * channels));
            return;
        }

        for (var p = 0; p < width; p++)
        {
            MemoryMarshal.CreateReadOnlySpan(ref from, channels).CopyTo(MemoryMarshal.CreateSpan(ref to, channels));
            from = ref Unsafe.Add(ref from, channels);
            to = ref Unsafe.Add(ref to, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Map(ref float from, ref float to, int width, int channels, int stride, ref float a, ref float b, bool silu)
    {
        if (!Vector512.IsHardwareAccelerated || channels < Vector512<float>.Count)
        {
            MapNarrow(ref from, ref to, width, channels, stride, ref a, ref b, silu);
            return;
        }

        for (var j = 0; j < channels; j += Vector512<float>.Count)
        {
            // The last channels may be written twice, with the same values.
            var c = Math.Min(j, channels - Vector512<float>.Count);
            var va = Vector512.LoadUnsafe(ref a, (nuint)c);
            var vb = Vector512.LoadUnsafe(ref b, (nuint)c);
            ref var source = ref Unsafe.Add(ref from, c);
            ref var sink = ref Unsafe.Add(ref to, c);
            if (silu)
            {
                for (var p = 0; p < width; p++)
                {
                    var z = Vector512.FusedMultiplyAdd(va, Vector512.LoadUnsafe(ref source), vb);
                    (z * FloatMath.Sigmoid(z)).StoreUnsafe(ref sink);
                    source = ref Unsafe.Add(ref source, channels);
                    sink = ref Unsafe.Add(ref sink, stride);
                }
            }
            else
            {
                for (var p = 0; p < width; p++)
                {
                    Vector512.FusedMultiplyAdd(va, Vector512.LoadUnsafe(ref source), vb).StoreUnsafe(ref sink);
                    source = ref Unsafe.Add(ref source, channels);
                    sink = ref Unsafe.Add(ref sink, stride);
                }
            }
        }
    }

    // With vectors of 256 bits, and where channels are fewer than a wide vector holds.
    internal static void MapNarrow(
        ref float from, ref float to, int width, int channels, int stride, ref float a, ref float b, bool silu)
    {
        for (var p = 0; p < width; p++)
        {
            var j = 0;
            for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
            {
                var z = Vector.FusedMultiplyAdd(
                    Vector.LoadUnsafe(ref a, (nuint)j), Vector.LoadUnsafe(ref from, (nuint)j), Vector.LoadUnsafe(ref b, (nuint)j));
                (silu ? z * FloatMath.Sigmoid(z) : z).StoreUnsafe(ref to, (nuint)j);
            }

            for (; j < channels; j++)
            {
                var z = Unsafe.Add(ref a, j) * Unsafe.Add(ref from, j) + Unsafe.Add(ref b, j);
                Unsafe.Add(ref to, j) = silu ? z * FloatMath.Sigmoid(z) : z;
            }

            from = ref Unsafe.Add(ref from, channels);
            to = ref Unsafe.Add(ref to, stride);
        }
    }

    /// <summary>The portable body of <see cref="Gather"/>.</summary>
    /// <inheritdoc cref="Gather"/>
    public static void GatherPortable(
        ArrayView<float> x, int xOffset, int lines, int width, int channels, ArrayView<float> table, int aOffset, int bOffset, int mode,
        ArrayView<float> target, int targetOffset, int stride, int border)
    {
        var pitch = width + 2 * border;
        for (var p = 0; p < lines * pitch; p++)
        {
            var line = p / pitch;
            var column = p - line * pitch - border;
            var to = targetOffset + p * stride;
            var from = xOffset + (line * width + column) * channels;
            if (column < 0 || column >= width)
            {
                for (var j = 0; j < channels; j++)
                {
                    target[to + j] = 0f;
                }
            }
            else if (mode == 0)
            {
                for (var j = 0; j < channels; j++)
                {
                    target[to + j] = x[from + j];
                }
            }
            else
            {
                for (var j = 0; j < channels; j++)
                {
                    var z = table[aOffset + j] * x[from + j] + table[bOffset + j];
                    target[to + j] = mode == 2 ? z * FloatMath.Sigmoid(z) : z;
                }
            }
        }
    }
}
