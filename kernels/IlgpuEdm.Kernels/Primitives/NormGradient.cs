using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>The two passes over memory of the gradient of a group norm with SiLU: <c>z = a x + b</c>, <c>y = silu(z)</c>.</summary>
public static class NormGradient
{
    /// <summary>
    /// Gathers, for each channel, <c>s1 = sum of dz</c> and <c>s2 = sum of dz * (x - mean)</c> over the pixels of an image.
    /// </summary>
    /// <param name="x">The input of the norm.</param>
    /// <param name="dy">The gradient of the result.</param>
    /// <param name="offset">The first channel of the first pixel.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="stride">From a pixel to the next.</param>
    /// <param name="channels">Channels, 1 to 16.</param>
    /// <param name="coefficients">Holds a, b and the mean of the channel's group, <c>[3, channelCount]</c>.</param>
    /// <param name="aOffset">Where a starts, at the first of these channels.</param>
    /// <param name="channelCount">From a to b, and from b to the mean.</param>
    /// <param name="silu">Not 0 if SiLU follows the norm.</param>
    /// <param name="sums">Receives s1, and s2 <c>channelCount</c> further.</param>
    /// <param name="sumsOffset">Where s1 starts, at the first of these channels.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Reduce(
        ArrayView<float> x, ArrayView<float> dy, int offset, int pixels, int stride, int channels,
        ArrayView<float> coefficients, int aOffset, int channelCount, int silu, ArrayView<float> sums, int sumsOffset)
    {
        ref var input = ref x[offset];
        ref var gradient = ref dy[offset];
        ref var a = ref coefficients[aOffset];
        ref var b = ref coefficients[aOffset + channelCount];
        ref var means = ref coefficients[aOffset + 2 * channelCount];
        var j = 0;
        for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
        {
            var va = Vector.LoadUnsafe(ref a, (nuint)j);
            var vb = Vector.LoadUnsafe(ref b, (nuint)j);
            var mean = Vector.LoadUnsafe(ref means, (nuint)j);
            Vector<float> total1 = default, total2 = default;
            for (var p0 = 0; p0 < pixels; p0 += 32)
            {
                Vector<float> part1 = default, part2 = default;
                var o = (nint)p0 * stride + j;
                for (var i = Math.Min(32, pixels - p0); i > 0; i--)
                {
                    var v = Vector.LoadUnsafe(ref Unsafe.Add(ref input, o));
                    var dz = Vector.LoadUnsafe(ref Unsafe.Add(ref gradient, o));
                    if (silu != 0)
                    {
                        dz *= Pointwise.SiluSlope(Vector.FusedMultiplyAdd(va, v, vb));
                    }

                    part1 += dz;
                    part2 = Vector.FusedMultiplyAdd(dz, v - mean, part2);
                    o += stride;
                }

                total1 += part1;
                total2 += part2;
            }

            total1.StoreUnsafe(ref sums[sumsOffset + j]);
            total2.StoreUnsafe(ref sums[sumsOffset + channelCount + j]);
        }

        if (j < channels)
        {
            ReducePortable(
                x, dy, offset + j, pixels, stride, channels - j, coefficients, aOffset + j, channelCount, silu, sums, sumsOffset + j);
        }
    }

    /// <summary>The portable body of <see cref="Reduce"/>.</summary>
    /// <inheritdoc cref="Reduce"/>
    public static void ReducePortable(
        ArrayView<float> x, ArrayView<float> dy, int offset, int pixels, int stride, int channels,
        ArrayView<float> coefficients, int aOffset, int channelCount, int silu, ArrayView<float> sums, int sumsOffset)
    {
        for (var j = 0; j < channels; j++)
        {
            var a = coefficients[aOffset + j];
            var b = coefficients[aOffset + channelCount + j];
            var mean = coefficients[aOffset + 2 * channelCount + j];
            var total1 = 0f;
            var total2 = 0f;
            for (var p0 = 0; p0 < pixels; p0 += 32)
            {
                var end = p0 + 32 < pixels ? p0 + 32 : pixels;
                var part1 = 0f;
                var part2 = 0f;
                for (var p = p0; p < end; p++)
                {
                    var v = x[offset + p * stride + j];
                    var dz = dy[offset + p * stride + j];
                    if (silu != 0)
                    {
                        dz *= Pointwise.SiluSlope(a * v + b);
                    }

                    part1 += dz;
                    part2 += dz * (v - mean);
                }

                total1 += part1;
                total2 += part2;
            }

            sums[sumsOffset + j] = total1;
            sums[sumsOffset + channelCount + j] = total2;
        }
    }

    /// <summary>Writes the gradient of the norm's input: <c>dx = a dz + p (x - mean) + q</c>.</summary>
    /// <param name="x">The input of the norm.</param>
    /// <param name="dy">The gradient of the result.</param>
    /// <param name="dx">The gradient of the input.</param>
    /// <param name="offset">Where all three start.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="coefficients">Holds a, b, mean, p and q, <c>[5, channels]</c>.</param>
    /// <param name="aOffset">Where a starts.</param>
    /// <param name="silu">Not 0 if SiLU follows the norm.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Apply(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int offset, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int silu, int accumulate)
    {
        var vectorChannels = channels - channels % Vector<float>.Count;
        ref var input = ref x[offset];
        ref var gradient = ref dy[offset];
        ref var to = ref dx[offset];
        ref var a = ref coefficients[aOffset];
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            for (var j = 0; j < vectorChannels; j += Vector<float>.Count)
            {
                ref var c = ref Unsafe.Add(ref a, j);
                var va = Vector.LoadUnsafe(ref c);
                var v = Vector.LoadUnsafe(ref input, (nuint)j);
                var dz = Vector.LoadUnsafe(ref gradient, (nuint)j);
                if (silu != 0)
                {
                    dz *= Pointwise.SiluSlope(Vector.FusedMultiplyAdd(va, v, Vector.LoadUnsafe(ref c, (nuint)channels)));
                }

                var d = Vector.FusedMultiplyAdd(
                    v - Vector.LoadUnsafe(ref c, (nuint)(2 * channels)),
                    Vector.LoadUnsafe(ref c, (nuint)(3 * channels)),
                    Vector.FusedMultiplyAdd(va, dz, Vector.LoadUnsafe(ref c, (nuint)(4 * channels))));
                if (accumulate != 0)
                {
                    d += Vector.LoadUnsafe(ref to, (nuint)j);
                }

                d.StoreUnsafe(ref to, (nuint)j);
            }

            for (var j = vectorChannels; j < channels; j++)
            {
                ref var c = ref Unsafe.Add(ref a, j);
                var v = Unsafe.Add(ref input, j);
                var dz = Unsafe.Add(ref gradient, j);
                if (silu != 0)
                {
                    dz *= Pointwise.SiluSlope(c * v + Unsafe.Add(ref c, channels));
                }

                var d = c * dz + (v - Unsafe.Add(ref c, 2 * channels)) * Unsafe.Add(ref c, 3 * channels) + Unsafe.Add(ref c, 4 * channels);
                Unsafe.Add(ref to, j) = accumulate != 0 ? d + Unsafe.Add(ref to, j) : d;
            }

            input = ref Unsafe.Add(ref input, channels);
            gradient = ref Unsafe.Add(ref gradient, channels);
            to = ref Unsafe.Add(ref to, channels);
        }
    }

    /// <summary>The portable body of <see cref="Apply"/>.</summary>
    /// <inheritdoc cref="Apply"/>
    public static void ApplyPortable(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int offset, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int silu, int accumulate)
    {
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            for (var j = 0; j < channels; j++)
            {
                var o = offset + pixel * channels + j;
                var c = aOffset + j;
                var v = x[o];
                var dz = dy[o];
                if (silu != 0)
                {
                    dz *= Pointwise.SiluSlope(coefficients[c] * v + coefficients[c + channels]);
                }

                var d = coefficients[c] * dz + (v - coefficients[c + 2 * channels]) * coefficients[c + 3 * channels]
                    + coefficients[c + 4 * channels];
                if (accumulate != 0)
                {
                    d += dx[o];
                }

                dx[o] = d;
            }
        }
    }
}
