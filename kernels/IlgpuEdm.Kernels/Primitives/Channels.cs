using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Work on images along their channels: sums and moments. Sums over pixels are gathered
/// in runs of 32 first, which keeps their rounding error near that of one addition.
/// </summary>
public static class Channels
{
    /// <summary>Channels that one call of a summing primitive handles: a cache line of floats.</summary>
    public const int BlockWidth = 16;

    private const int Run = 32;

    /// <summary>Sum of each channel over the pixels.</summary>
    /// <param name="x">The pixels.</param>
    /// <param name="offset">The first channel of the first pixel.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="stride">From a pixel to the next.</param>
    /// <param name="channels">Channels, 1 to 16.</param>
    /// <param name="sums">Receives a sum a channel.</param>
    /// <param name="sumsOffset">Where they start.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum(ArrayView<float> x, int offset, int pixels, int stride, int channels, ArrayView<float> sums, int sumsOffset)
    {
        ref var from = ref x[offset];
        ref var to = ref sums[sumsOffset];
        var j = 0;
        for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
        {
            var total = Vector<float>.Zero;
            for (var p0 = 0; p0 < pixels; p0 += Run)
            {
                var part = Vector<float>.Zero;
                ref var p = ref Unsafe.Add(ref from, (nint)p0 * stride + j);
                for (var i = Math.Min(Run, pixels - p0); i > 0; i--)
                {
                    part += Vector.LoadUnsafe(ref p);
                    p = ref Unsafe.Add(ref p, stride);
                }

                total += part;
            }

            total.StoreUnsafe(ref to, (nuint)j);
        }

        if (j < channels)
        {
            SumPortable(x, offset + j, pixels, stride, channels - j, sums, sumsOffset + j);
        }
    }

    /// <summary>The portable body of <see cref="Sum"/>.</summary>
    /// <inheritdoc cref="Sum"/>
    public static void SumPortable(
        ArrayView<float> x, int offset, int pixels, int stride, int channels, ArrayView<float> sums, int sumsOffset)
    {
        for (var j = 0; j < channels; j++)
        {
            var total = 0f;
            for (var p0 = 0; p0 < pixels; p0 += Run)
            {
                var end = p0 + Run < pixels ? p0 + Run : pixels;
                var part = 0f;
                for (var p = p0; p < end; p++)
                {
                    part += x[offset + p * stride + j];
                }

                total += part;
            }

            sums[sumsOffset + j] = total;
        }
    }

    /// <summary>Mean of each channel and the sum of squared deviations from it.</summary>
    /// <param name="x">The pixels.</param>
    /// <param name="offset">The first channel of the first pixel.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="stride">From a pixel to the next.</param>
    /// <param name="channels">Channels, 1 to 16.</param>
    /// <param name="moments">Receives the means.</param>
    /// <param name="meanOffset">Where the means start.</param>
    /// <param name="squareOffset">Where the sums of squares start.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Moments(
        ArrayView<float> x, int offset, int pixels, int stride, int channels, ArrayView<float> moments, int meanOffset, int squareOffset)
    {
        ref var from = ref x[offset];
        if (channels == BlockWidth && Vector512.IsHardwareAccelerated)
        {
            MomentsWide(ref from, pixels, stride, ref moments[meanOffset], ref moments[squareOffset]);
            return;
        }

        var j = 0;
        for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
        {
            var total = Vector<float>.Zero;
            for (var p0 = 0; p0 < pixels; p0 += Run)
            {
                var part = Vector<float>.Zero;
                ref var p = ref Unsafe.Add(ref from, (nint)p0 * stride + j);
                for (var i = Math.Min(Run, pixels - p0); i > 0; i--)
                {
                    part += Vector.LoadUnsafe(ref p);
                    p = ref Unsafe.Add(ref p, stride);
                }

                total += part;
            }

            var mean = total * (1f / pixels);
            mean.StoreUnsafe(ref moments[meanOffset + j]);
            total = Vector<float>.Zero;
            for (var p0 = 0; p0 < pixels; p0 += Run)
            {
                var part = Vector<float>.Zero;
                ref var p = ref Unsafe.Add(ref from, (nint)p0 * stride + j);
                for (var i = Math.Min(Run, pixels - p0); i > 0; i--)
                {
                    var d = Vector.LoadUnsafe(ref p) - mean;
                    part = Vector.FusedMultiplyAdd(d, d, part);
                    p = ref Unsafe.Add(ref p, stride);
                }

                total += part;
            }

            total.StoreUnsafe(ref moments[squareOffset + j]);
        }

        if (j < channels)
        {
            MomentsPortable(x, offset + j, pixels, stride, channels - j, moments, meanOffset + j, squareOffset + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MomentsWide(ref float x, int pixels, int stride, ref float means, ref float squares)
    {
        var total = Vector512<float>.Zero;
        nint o = 0;
        for (var p0 = 0; p0 < pixels; p0 += Run)
        {
            var part = Vector512<float>.Zero;
            for (var i = Math.Min(Run, pixels - p0); i > 0; i--)
            {
                part += Vector512.LoadUnsafe(ref x, (nuint)o);
                o += stride;
            }

            total += part;
        }

        var mean = total * (1f / pixels);
        mean.StoreUnsafe(ref means);
        total = Vector512<float>.Zero;
        o = 0;
        for (var p0 = 0; p0 < pixels; p0 += Run)
        {
            var part = Vector512<float>.Zero;
            for (var i = Math.Min(Run, pixels - p0); i > 0; i--)
            {
                var d = Vector512.LoadUnsafe(ref x, (nuint)o) - mean;
                part = Vector512.FusedMultiplyAdd(d, d, part);
                o += stride;
            }

            total += part;
        }

        total.StoreUnsafe(ref squares);
    }

    /// <summary>The portable body of <see cref="Moments"/>.</summary>
    /// <inheritdoc cref="Moments"/>
    public static void MomentsPortable(
        ArrayView<float> x, int offset, int pixels, int stride, int channels, ArrayView<float> moments, int meanOffset, int squareOffset)
    {
        SumPortable(x, offset, pixels, stride, channels, moments, meanOffset);
        for (var j = 0; j < channels; j++)
        {
            var mean = moments[meanOffset + j] * (1f / pixels);
            moments[meanOffset + j] = mean;
            var total = 0f;
            for (var p0 = 0; p0 < pixels; p0 += Run)
            {
                var end = p0 + Run < pixels ? p0 + Run : pixels;
                var part = 0f;
                for (var p = p0; p < end; p++)
                {
                    var d = x[offset + p * stride + j] - mean;
                    part += d * d;
                }

                total += part;
            }

            moments[squareOffset + j] = total;
        }
    }
}
