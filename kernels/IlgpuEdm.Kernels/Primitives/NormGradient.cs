using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>The two passes over memory of the gradient of a group norm with SiLU: <c>z = a x + b</c>, <c>y = silu(z)</c>.</summary>
public static class NormGradient
{
    /// <summary>
    /// Multiplies SiLU's slope into the gradient, so that it is dz, and gathers for each channel <c>s1 = sum of dz</c> and
    /// <c>s2 = sum of dz * (x - mean)</c> over pixels of an image.
    /// </summary>
    /// <param name="x">The input of the norm.</param>
    /// <param name="xOffset">The first channel of the first pixel.</param>
    /// <param name="xStride">From a pixel to the next.</param>
    /// <param name="dy">The gradient of the result; becomes dz.</param>
    /// <param name="dyOffset">The first channel of the first pixel.</param>
    /// <param name="dyStride">From a pixel to the next.</param>
    /// <param name="pixels">Number of pixels.</param>
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
        ArrayView<float> x, int xOffset, int xStride, ArrayView<float> dy, int dyOffset, int dyStride, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int channelCount, int silu, ArrayView<float> sums, int sumsOffset)
    {
        if (channels == 16 && Vector512.IsHardwareAccelerated)
        {
            ReduceWide(
                ref x[xOffset], xStride, ref dy[dyOffset], dyStride, pixels, ref coefficients[aOffset], channelCount, silu != 0,
                ref sums[sumsOffset]);
            return;
        }

        ref var input = ref x[xOffset];
        ref var gradient = ref dy[dyOffset];
        ref var a = ref coefficients[aOffset];
        var j = 0;
        for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
        {
            var va = Vector.LoadUnsafe(ref a, (nuint)j);
            var vb = Vector.LoadUnsafe(ref a, (nuint)(channelCount + j));
            var mean = Vector.LoadUnsafe(ref a, (nuint)(2 * channelCount + j));
            Vector<float> total1 = default, total2 = default;
            for (var p0 = 0; p0 < pixels; p0 += 32)
            {
                Vector<float> part1 = default, part2 = default;
                ref var from = ref Unsafe.Add(ref input, p0 * xStride + j);
                ref var to = ref Unsafe.Add(ref gradient, p0 * dyStride + j);
                for (var i = Math.Min(32, pixels - p0); i > 0; i--)
                {
                    var v = Vector.LoadUnsafe(ref from);
                    var dz = Vector.LoadUnsafe(ref to);
                    if (silu != 0)
                    {
                        dz *= Pointwise.SiluSlope(Vector.FusedMultiplyAdd(va, v, vb));
                        dz.StoreUnsafe(ref to);
                    }

                    part1 += dz;
                    part2 = Vector.FusedMultiplyAdd(dz, v - mean, part2);
                    from = ref Unsafe.Add(ref from, xStride);
                    to = ref Unsafe.Add(ref to, dyStride);
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
                x, xOffset + j, xStride, dy, dyOffset + j, dyStride, pixels, channels - j, coefficients, aOffset + j, channelCount, silu,
                sums, sumsOffset + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ReduceWide(
        ref float from, int xStride, ref float to, int dyStride, int pixels, ref float a, int channelCount, bool silu, ref float sums)
    {
        var va = Vector512.LoadUnsafe(ref a);
        var vb = Vector512.LoadUnsafe(ref a, (nuint)channelCount);
        var mean = Vector512.LoadUnsafe(ref a, (nuint)(2 * channelCount));
        Vector512<float> total1 = default, total2 = default;
        for (var p0 = 0; p0 < pixels; p0 += 32)
        {
            Vector512<float> part1 = default, part2 = default;
            for (var i = Math.Min(32, pixels - p0); i > 0; i--)
            {
                var v = Vector512.LoadUnsafe(ref from);
                var dz = Vector512.LoadUnsafe(ref to);
                if (silu)
                {
                    dz *= Pointwise.SiluSlope(Vector512.FusedMultiplyAdd(va, v, vb));
                    dz.StoreUnsafe(ref to);
                }

                part1 += dz;
                part2 = Vector512.FusedMultiplyAdd(dz, v - mean, part2);
                from = ref Unsafe.Add(ref from, xStride);
                to = ref Unsafe.Add(ref to, dyStride);
            }

            total1 += part1;
            total2 += part2;
        }

        total1.StoreUnsafe(ref sums);
        total2.StoreUnsafe(ref sums, (nuint)channelCount);
    }

    /// <summary>The portable body of <see cref="Reduce"/>.</summary>
    /// <inheritdoc cref="Reduce"/>
    public static void ReducePortable(
        ArrayView<float> x, int xOffset, int xStride, ArrayView<float> dy, int dyOffset, int dyStride, int pixels, int channels,
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
                    var v = x[xOffset + p * xStride + j];
                    var o = dyOffset + p * dyStride + j;
                    var dz = dy[o];
                    if (silu != 0)
                    {
                        dz *= Pointwise.SiluSlope(a * v + b);
                        dy[o] = dz;
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

    /// <summary>Writes the gradient of the input: <c>dx = a dz + (x - mean) p + q</c>.</summary>
    /// <param name="x">The input of the norm; the gradient of the input lies as it does.</param>
    /// <param name="dx">The gradient of the input.</param>
    /// <param name="xOffset">Where both start.</param>
    /// <param name="dz">The gradient before SiLU.</param>
    /// <param name="dzOffset">The first of these channels in the first pixel.</param>
    /// <param name="dzStride">From a pixel to the next.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="channels">Channels of a pixel of x.</param>
    /// <param name="coefficients">Holds a, b, mean, p and q, <c>[5, dzStride]</c>.</param>
    /// <param name="aOffset">Where a starts, at the first of these channels.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Apply(
        ArrayView<float> x, ArrayView<float> dx, int xOffset, ArrayView<float> dz, int dzOffset, int dzStride, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int accumulate)
    {
        ref var input = ref x[xOffset];
        ref var gradient = ref dz[dzOffset];
        ref var to = ref dx[xOffset];
        ref var a = ref coefficients[aOffset];
        var wide = Vector512.IsHardwareAccelerated ? channels & ~15 : 0;
        if (wide > 0)
        {
            ApplyWide(ref input, ref to, ref gradient, dzStride, pixels, channels, wide, ref a, accumulate != 0);
        }

        if (wide < channels)
        {
            ApplyNarrow(ref input, ref to, ref gradient, dzStride, pixels, channels, wide, ref a, accumulate != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ApplyWide(
        ref float x, ref float dx, ref float dz, int dzStride, int pixels, int channels, int wide, ref float a, bool accumulate)
    {
        for (var j = 0; j < wide; j += 16)
        {
            ref var c = ref Unsafe.Add(ref a, j);
            var va = Vector512.LoadUnsafe(ref c);
            var mean = Vector512.LoadUnsafe(ref c, (nuint)(2 * dzStride));
            var vp = Vector512.LoadUnsafe(ref c, (nuint)(3 * dzStride));
            var vq = Vector512.LoadUnsafe(ref c, (nuint)(4 * dzStride));
            nint o = j, from = j;
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var d = Vector512.FusedMultiplyAdd(
                    Vector512.LoadUnsafe(ref x, (nuint)o) - mean, vp,
                    Vector512.FusedMultiplyAdd(va, Vector512.LoadUnsafe(ref dz, (nuint)from), vq));
                if (accumulate)
                {
                    d += Vector512.LoadUnsafe(ref dx, (nuint)o);
                }

                d.StoreUnsafe(ref dx, (nuint)o);
                o += channels;
                from += dzStride;
            }
        }
    }

    private static void ApplyNarrow(
        ref float x, ref float dx, ref float dz, int dzStride, int pixels, int channels, int first, ref float a, bool accumulate)
    {
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            var j = first;
            for (; j <= channels - Vector<float>.Count; j += Vector<float>.Count)
            {
                ref var c = ref Unsafe.Add(ref a, j);
                var d = Vector.FusedMultiplyAdd(
                    Vector.LoadUnsafe(ref x, (nuint)j) - Vector.LoadUnsafe(ref c, (nuint)(2 * dzStride)),
                    Vector.LoadUnsafe(ref c, (nuint)(3 * dzStride)),
                    Vector.FusedMultiplyAdd(
                        Vector.LoadUnsafe(ref c), Vector.LoadUnsafe(ref dz, (nuint)j), Vector.LoadUnsafe(ref c, (nuint)(4 * dzStride))));
                if (accumulate)
                {
                    d += Vector.LoadUnsafe(ref dx, (nuint)j);
                }

                d.StoreUnsafe(ref dx, (nuint)j);
            }

            for (; j < channels; j++)
            {
                ref var c = ref Unsafe.Add(ref a, j);
                var d = c * Unsafe.Add(ref dz, j)
                    + (Unsafe.Add(ref x, j) - Unsafe.Add(ref c, 2 * dzStride)) * Unsafe.Add(ref c, 3 * dzStride)
                    + Unsafe.Add(ref c, 4 * dzStride);
                Unsafe.Add(ref dx, j) = accumulate ? d + Unsafe.Add(ref dx, j) : d;
            }

            x = ref Unsafe.Add(ref x, channels);
            dx = ref Unsafe.Add(ref dx, channels);
            dz = ref Unsafe.Add(ref dz, dzStride);
        }
    }

    /// <summary>The portable body of <see cref="Apply"/>.</summary>
    /// <inheritdoc cref="Apply"/>
    public static void ApplyPortable(
        ArrayView<float> x, ArrayView<float> dx, int xOffset, ArrayView<float> dz, int dzOffset, int dzStride, int pixels, int channels,
        ArrayView<float> coefficients, int aOffset, int accumulate)
    {
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            for (var j = 0; j < channels; j++)
            {
                var o = xOffset + pixel * channels + j;
                var c = aOffset + j;
                var d = coefficients[c] * dz[dzOffset + pixel * dzStride + j]
                    + (x[o] - coefficients[c + 2 * dzStride]) * coefficients[c + 3 * dzStride] + coefficients[c + 4 * dzStride];
                if (accumulate != 0)
                {
                    d += dx[o];
                }

                dx[o] = d;
            }
        }
    }
}
