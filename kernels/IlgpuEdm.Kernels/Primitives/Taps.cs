using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Filters along one axis: weighted sums of runs that lie a fixed distance apart.</summary>
public static class Taps
{
    /// <summary>
    /// <c>y[r * yStride + j] = sum over k of weights[k] * x[r * xStride + k * tapStride + j]</c>, added to y if asked for.
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="xOffset">Where the first tap of the first run starts.</param>
    /// <param name="xStride">From a run to the next.</param>
    /// <param name="tapStride">From a tap to the next.</param>
    /// <param name="weights">One float a tap.</param>
    /// <param name="weightsOffset">The first tap's weight.</param>
    /// <param name="taps">Number of taps.</param>
    /// <param name="y">The result.</param>
    /// <param name="yOffset">Where its first run starts.</param>
    /// <param name="yStride">From a run of the result to the next.</param>
    /// <param name="runs">Number of runs.</param>
    /// <param name="count">Floats of a run.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum(
        ArrayView<float> x, int xOffset, int xStride, int tapStride, ArrayView<float> weights, int weightsOffset, int taps,
        ArrayView<float> y, int yOffset, int yStride, int runs, int count, int accumulate)
    {
        ref var from = ref x[xOffset];
        ref var factors = ref weights[weightsOffset];
        ref var to = ref y[yOffset];
        for (var r = 0; r < runs; r++)
        {
            var j = 0;
            for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
            {
                var sum = accumulate != 0 ? Vector.LoadUnsafe(ref to, (nuint)j) : default;
                ref var tap = ref Unsafe.Add(ref from, j);
                for (var k = 0; k < taps; k++)
                {
                    sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref tap), new Vector<float>(Unsafe.Add(ref factors, k)), sum);
                    tap = ref Unsafe.Add(ref tap, tapStride);
                }

                sum.StoreUnsafe(ref to, (nuint)j);
            }

            for (; j < count; j++)
            {
                var sum = accumulate != 0 ? Unsafe.Add(ref to, j) : 0f;
                for (var k = 0; k < taps; k++)
                {
                    sum += Unsafe.Add(ref factors, k) * Unsafe.Add(ref from, (nint)k * tapStride + j);
                }

                Unsafe.Add(ref to, j) = sum;
            }

            from = ref Unsafe.Add(ref from, xStride);
            to = ref Unsafe.Add(ref to, yStride);
        }
    }

    /// <summary>The portable body of <see cref="Sum"/>.</summary>
    /// <inheritdoc cref="Sum"/>
    public static void SumPortable(
        ArrayView<float> x, int xOffset, int xStride, int tapStride, ArrayView<float> weights, int weightsOffset, int taps,
        ArrayView<float> y, int yOffset, int yStride, int runs, int count, int accumulate)
    {
        for (var r = 0; r < runs; r++)
        {
            for (var j = 0; j < count; j++)
            {
                var o = yOffset + r * yStride + j;
                var sum = accumulate != 0 ? y[o] : 0f;
                for (var k = 0; k < taps; k++)
                {
                    sum += weights[weightsOffset + k] * x[xOffset + r * xStride + k * tapStride + j];
                }

                y[o] = sum;
            }
        }
    }
}
