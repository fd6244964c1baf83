using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The bodies for narrower vectors, of whatever width that divides 16.</content>
public static partial class Softmax
{
    internal static void ForwardNarrow(
        ArrayView<float> scores, int offset, int stride, int rows, int count, float scale, ArrayView<float> numbers, int numbersOffset)
    {
        for (var r = 0; r < rows; r++)
        {
            ForwardRow(ref scores[offset + r * stride], count, scale, ref numbers[numbersOffset + 2 * r]);
        }
    }

    internal static void BackwardNarrow(
        ArrayView<float> scores, int offset, ArrayView<float> gradients, int gradientsOffset, int stride, int rows, int count, float scale,
        ArrayView<float> numbers, int numbersOffset)
    {
        for (var r = 0; r < rows; r++)
        {
            BackwardRow(
                ref scores[offset + r * stride], ref gradients[gradientsOffset + r * stride], count, scale,
                ref numbers[numbersOffset + 2 * r]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ForwardRow(ref float row, int count, float scale, ref float numbers)
    {
        var padded = (count + Lanes - 1) / Lanes * Lanes;
        var maximum = row;
        var maxima = new Vector<float>(row);
        nint i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            maxima = Vector.Max(maxima, Vector.LoadUnsafe(ref Unsafe.Add(ref row, i)));
        }

        for (; i < count; i++)
        {
            maximum = MathF.Max(maximum, Unsafe.Add(ref row, i));
        }

        for (var j = 0; j < Vector<float>.Count; j++)
        {
            maximum = MathF.Max(maximum, maxima[j]);
        }

        for (i = count; i < padded; i++)
        {
            Unsafe.Add(ref row, i) = maximum;
        }

        maxima = new Vector<float>(maximum);
        var sums = Vector<float>.Zero;
        for (i = 0; i < padded; i += Vector<float>.Count)
        {
            ref var at = ref Unsafe.Add(ref row, i);
            var e = FloatMath.Exp((Vector.LoadUnsafe(ref at) - maxima) * scale) & Valid(count - (int)i);
            sums += e;
            e.StoreUnsafe(ref at);
        }

        var factor = 1f / Vector.Sum(sums);
        for (i = 0; i < padded; i += Vector<float>.Count)
        {
            ref var at = ref Unsafe.Add(ref row, i);
            (Vector.LoadUnsafe(ref at) * factor).StoreUnsafe(ref at);
        }

        numbers = maximum;
        Unsafe.Add(ref numbers, 1) = factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardRow(ref float row, ref float gradient, int count, float scale, ref float numbers)
    {
        var padded = (count + Lanes - 1) / Lanes * Lanes;
        var maxima = new Vector<float>(numbers);
        var factor = Unsafe.Add(ref numbers, 1);
        var sums = Vector<float>.Zero;
        for (nint i = 0; i < padded; i += Vector<float>.Count)
        {
            ref var at = ref Unsafe.Add(ref row, i);
            ref var d = ref Unsafe.Add(ref gradient, i);
            var valid = Valid(count - (int)i);
            var p = (FloatMath.Exp((Vector.LoadUnsafe(ref at) - maxima) * scale) * factor) & valid;
            var dp = Vector.LoadUnsafe(ref d) & valid;
            sums = Vector.FusedMultiplyAdd(p, dp, sums);
            p.StoreUnsafe(ref at);
            dp.StoreUnsafe(ref d);
        }

        var dot = new Vector<float>(Vector.Sum(sums));
        for (nint i = 0; i < padded; i += Vector<float>.Count)
        {
            ref var d = ref Unsafe.Add(ref gradient, i);
            (Vector.LoadUnsafe(ref Unsafe.Add(ref row, i)) * scale * (Vector.LoadUnsafe(ref d) - dot)).StoreUnsafe(ref d);
        }
    }

    // All bits of the lanes before the count.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Valid(int count) =>
        Vector.AsVectorSingle(Vector.LessThan(Vector<int>.Indices, new Vector<int>(count)));
}
