using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Squared distances by direct differences, <c>d[i, j] = sum over k of (x[i, k] - y[j, k])^2</c>, and the weights of a softmax of them.
/// Products of rows would be fewer operations, but their difference is nothing but rounding where x is close to y.
/// </summary>
public static partial class SquaredDistances
{
    // Of a weight below e^-80 nothing is left beside 1; zeros also keep smaller numbers, which processors are slow with, out of sums.
    private const float Least = -80f;

    /// <summary>Computes the distances of each x to each y; a distance does not depend on what stands beside it.</summary>
    /// <param name="x">Holds the rows x.</param>
    /// <param name="xOffset">Where the first starts.</param>
    /// <param name="xCount">Rows x.</param>
    /// <param name="y">Holds the rows y.</param>
    /// <param name="yOffset">Where the first starts.</param>
    /// <param name="yCount">Rows y.</param>
    /// <param name="length">Floats of a row, and from a row to the next of both; a multiple of 16.</param>
    /// <param name="d">Receives the distances.</param>
    /// <param name="dOffset">Where those of the first x start.</param>
    /// <param name="dRow">From those of an x to the next.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compute(
        ArrayView<float> x, int xOffset, int xCount, ArrayView<float> y, int yOffset, int yCount, int length,
        ArrayView<float> d, int dOffset, int dRow)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            ComputeNarrow(x, xOffset, xCount, y, yOffset, yCount, length, d, dOffset, dRow);
            return;
        }

        // Four rows y stay in the first cache while all x go by.
        for (var j = 0; j < yCount; j += 4)
        {
            for (var i = 0; i < xCount; i += 4)
            {
                Compute4x4(
                    ref x[xOffset + i * length], xCount - i, ref y[yOffset + j * length], yCount - j, length, ref d[dOffset + i * dRow + j],
                    dRow);
            }
        }
    }

    /// <summary>
    /// Replaces distances by weights, <c>exp(-scale * (d - nearest))</c>, which become 0 below e^-80.
    /// </summary>
    /// <param name="d">Holds the distances.</param>
    /// <param name="offset">The first.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="scale">The factor, above 0.</param>
    /// <param name="numbers">Receives the nearest distance, the sum of the weights, and the sum of their squares.</param>
    /// <param name="at">Where to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Weigh(ArrayView<float> d, int offset, int count, float scale, ArrayView<float> numbers, int at)
    {
        ref var first = ref d[offset];
        ref var number = ref numbers[at];
        var nearest = Nearest(ref first, count);
        var (near, factor, least) = (new Vector<float>(nearest), new Vector<float>(-scale), new Vector<float>(Least));
        Vector<float> sums = default, squares = default;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var exponent = (Vector.LoadUnsafe(ref first, (nuint)i) - near) * factor;
            var weight = Vector.AsVectorSingle(Vector.GreaterThanOrEqual(exponent, least)) & FloatMath.Exp(exponent);
            sums += weight;
            squares += weight * weight;
            weight.StoreUnsafe(ref first, (nuint)i);
        }

        float sum = Vector.Sum(sums), square = Vector.Sum(squares);
        for (; i < count; i++)
        {
            ref var place = ref Unsafe.Add(ref first, i);
            place = Weight(place - nearest, scale);
            sum += place;
            square += place * place;
        }

        number = nearest;
        Unsafe.Add(ref number, 1) = sum;
        Unsafe.Add(ref number, 2) = square;
    }

    /// <summary>The weight of an image that lies farther than the nearest.</summary>
    /// <param name="excess">How much its squared distance is more.</param>
    /// <param name="scale">The factor, above 0.</param>
    /// <returns>From 0 to 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Weight(float excess, float scale)
    {
        var exponent = excess * -scale;
        return exponent >= Least ? FloatMath.Exp(exponent) : 0f;
    }

    private static float Nearest(ref float first, int count)
    {
        var nearest = first;
        var minima = new Vector<float>(nearest);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            minima = Vector.Min(minima, Vector.LoadUnsafe(ref first, (nuint)i));
        }

        for (var j = 0; j < Vector<float>.Count; j++)
        {
            nearest = MathF.Min(nearest, minima[j]);
        }

        for (; i < count; i++)
        {
            nearest = MathF.Min(nearest, Unsafe.Add(ref first, i));
        }

        return nearest;
    }

    // Rows that do not exist repeat the last. Apart from the views, whose checks would make the compiler keep every sum in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Compute4x4(ref float x, int xCount, ref float y, int yCount, nint length, ref float d, nint dRow)
    {
        ref var x1 = ref Unsafe.Add(ref x, Math.Min(1, xCount - 1) * length);
        ref var x2 = ref Unsafe.Add(ref x, Math.Min(2, xCount - 1) * length);
        ref var x3 = ref Unsafe.Add(ref x, Math.Min(3, xCount - 1) * length);
        ref var y1 = ref Unsafe.Add(ref y, Math.Min(1, yCount - 1) * length);
        ref var y2 = ref Unsafe.Add(ref y, Math.Min(2, yCount - 1) * length);
        ref var y3 = ref Unsafe.Add(ref y, Math.Min(3, yCount - 1) * length);
        Vector512<float> d00 = default, d01 = default, d02 = default, d03 = default;
        Vector512<float> d10 = default, d11 = default, d12 = default, d13 = default;
        Vector512<float> d20 = default, d21 = default, d22 = default, d23 = default;
        Vector512<float> d30 = default, d31 = default, d32 = default, d33 = default;
        for (nint k = 0; k < length; k += 16)
        {
            var v0 = Vector512.LoadUnsafe(ref y, (nuint)k);
            var v1 = Vector512.LoadUnsafe(ref y1, (nuint)k);
            var v2 = Vector512.LoadUnsafe(ref y2, (nuint)k);
            var v3 = Vector512.LoadUnsafe(ref y3, (nuint)k);
            var u = Vector512.LoadUnsafe(ref x, (nuint)k);
            d00 = AddSquare(u, v0, d00);
            d01 = AddSquare(u, v1, d01);
            d02 = AddSquare(u, v2, d02);
            d03 = AddSquare(u, v3, d03);
            u = Vector512.LoadUnsafe(ref x1, (nuint)k);
            d10 = AddSquare(u, v0, d10);
            d11 = AddSquare(u, v1, d11);
            d12 = AddSquare(u, v2, d12);
            d13 = AddSquare(u, v3, d13);
            u = Vector512.LoadUnsafe(ref x2, (nuint)k);
            d20 = AddSquare(u, v0, d20);
            d21 = AddSquare(u, v1, d21);
            d22 = AddSquare(u, v2, d22);
            d23 = AddSquare(u, v3, d23);
            u = Vector512.LoadUnsafe(ref x3, (nuint)k);
            d30 = AddSquare(u, v0, d30);
            d31 = AddSquare(u, v1, d31);
            d32 = AddSquare(u, v2, d32);
            d33 = AddSquare(u, v3, d33);
        }

        Store(0, d00, d01, d02, d03, xCount, yCount, ref d, dRow);
        Store(1, d10, d11, d12, d13, xCount, yCount, ref d, dRow);
        Store(2, d20, d21, d22, d23, xCount, yCount, ref d, dRow);
        Store(3, d30, d31, d32, d33, xCount, yCount, ref d, dRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddSquare(Vector512<float> x, Vector512<float> y, Vector512<float> sum)
    {
        var difference = x - y;
        return Vector512.FusedMultiplyAdd(difference, difference, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        int row, Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, int xCount, int yCount, ref float d,
        nint dRow)
    {
        if (row < xCount)
        {
            ref var to = ref Unsafe.Add(ref d, row * dRow);
            Put(ref to, 0, Vector512.Sum(d0), yCount);
            Put(ref to, 1, Vector512.Sum(d1), yCount);
            Put(ref to, 2, Vector512.Sum(d2), yCount);
            Put(ref to, 3, Vector512.Sum(d3), yCount);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref float d, int column, float value, int count)
    {
        if (column < count)
        {
            Unsafe.Add(ref d, column) = value;
        }
    }
}
