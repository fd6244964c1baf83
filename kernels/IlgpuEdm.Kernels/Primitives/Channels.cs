using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Work on images along their channels: moments, affine maps and the sums that their gradients need. Sums over pixels are gathered
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

    /// <summary>
    /// An affine map of each channel, with SiLU after it if asked for: <c>z = a * x + b</c>, <c>y = z</c> or <c>z * sigmoid(z)</c>.
    /// </summary>
    /// <param name="x">The pixels.</param>
    /// <param name="y">The result.</param>
    /// <param name="offset">Where both start.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="coefficients">Holds a and b, a float a channel each.</param>
    /// <param name="aOffset">Where a starts.</param>
    /// <param name="bOffset">Where b starts.</param>
    /// <param name="silu">Not 0 for SiLU.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Affine(
        ArrayView<float> x, ArrayView<float> y, int offset, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int bOffset, int silu)
    {
        ref var from = ref x[offset];
        ref var to = ref y[offset];
        ref var a = ref coefficients[aOffset];
        ref var b = ref coefficients[bOffset];
        for (var p = 0; p < pixels; p++)
        {
            var j = 0;
            for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
            {
                var z = Vector.FusedMultiplyAdd(
                    Vector.LoadUnsafe(ref a, (nuint)j), Vector.LoadUnsafe(ref from, (nuint)j), Vector.LoadUnsafe(ref b, (nuint)j));
                (silu != 0 ? z * FloatMath.Sigmoid(z) : z).StoreUnsafe(ref to, (nuint)j);
            }

            for (; j < channels; j++)
            {
                var z = Unsafe.Add(ref a, j) * Unsafe.Add(ref from, j) + Unsafe.Add(ref b, j);
                Unsafe.Add(ref to, j) = silu != 0 ? z * FloatMath.Sigmoid(z) : z;
            }

            from = ref Unsafe.Add(ref from, channels);
            to = ref Unsafe.Add(ref to, channels);
        }
    }

    /// <summary>The portable body of <see cref="Affine"/>.</summary>
    /// <inheritdoc cref="Affine"/>
    public static void AffinePortable(
        ArrayView<float> x, ArrayView<float> y, int offset, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int bOffset, int silu)
    {
        for (var p = 0; p < pixels; p++)
        {
            for (var j = 0; j < channels; j++)
            {
                var o = offset + p * channels + j;
                var z = coefficients[aOffset + j] * x[o] + coefficients[bOffset + j];
                y[o] = silu != 0 ? z * FloatMath.Sigmoid(z) : z;
            }
        }
    }
}
