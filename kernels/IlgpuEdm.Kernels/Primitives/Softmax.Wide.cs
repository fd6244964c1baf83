using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The bodies for 512-bit vectors.</content>
public static partial class Softmax
{
    // Each step goes over all rows before the next begins, so that the processor has independent work while a row's sum is made.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Maxima512(ref float scores, nint stride, int rows, int count, ref float numbers)
    {
        var whole = count & -Lanes;
        var valid = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - whole)).AsSingle();
        for (var r = 0; r < rows; r++)
        {
            ref var row = ref Unsafe.Add(ref scores, r * stride);
            var m0 = Vector512.Create(row);
            var m1 = m0;
            nint i = 0;
            for (; i < whole - Lanes; i += 2 * Lanes)
            {
                m0 = Vector512.MaxNative(m0, Vector512.LoadUnsafe(ref Unsafe.Add(ref row, i)));
                m1 = Vector512.MaxNative(m1, Vector512.LoadUnsafe(ref Unsafe.Add(ref row, i + Lanes)));
            }

            if (i < whole)
            {
                m0 = Vector512.MaxNative(m0, Vector512.LoadUnsafe(ref Unsafe.Add(ref row, i)));
            }

            if (whole < count)
            {
                var s = Vector512.LoadUnsafe(ref Unsafe.Add(ref row, whole));
                m1 = Vector512.MaxNative(m1, Vector512.ConditionalSelect(valid, s, m1));
            }

            m0 = Vector512.MaxNative(m0, m1);
            var half = Vector256.MaxNative(m0.GetLower(), m0.GetUpper());
            var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
            quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
            quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2)));
            Unsafe.Add(ref numbers, 2 * r) = quarter.ToScalar();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Exponentials512(ref float scores, nint stride, int rows, int count, float scale, ref float numbers)
    {
        var whole = count & -Lanes;
        var valid = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - whole)).AsSingle();
        var scales = Vector512.Create(scale);
        for (var r = 0; r < rows; r++)
        {
            ref var row = ref Unsafe.Add(ref scores, r * stride);
            var maxima = Vector512.Create(Unsafe.Add(ref numbers, 2 * r));
            var sums = Vector512<float>.Zero;
            for (nint i = 0; i < whole; i += Lanes)
            {
                ref var at = ref Unsafe.Add(ref row, i);
                var e = Exponential((Vector512.LoadUnsafe(ref at) - maxima) * scales);
                sums += e;
                e.StoreUnsafe(ref at);
            }

            if (whole < count)
            {
                ref var at = ref Unsafe.Add(ref row, whole);
                var e = valid & Exponential((Vector512.LoadUnsafe(ref at) - maxima) * scales);
                sums += e;
                e.StoreUnsafe(ref at);
            }

            Unsafe.Add(ref numbers, 2 * r + 1) = 1f / Vector512.Sum(sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Factors512(ref float scores, nint stride, int rows, int count, ref float numbers)
    {
        for (var r = 0; r < rows; r++)
        {
            ref var row = ref Unsafe.Add(ref scores, r * stride);
            var factors = Vector512.Create(Unsafe.Add(ref numbers, 2 * r + 1));
            for (nint i = 0; i < count; i += Lanes)
            {
                ref var at = ref Unsafe.Add(ref row, i);
                (Vector512.LoadUnsafe(ref at) * factors).StoreUnsafe(ref at);
            }
        }
    }

    // A row at a time: sums of p * dp wait for one row's end only, and the row stays in the first cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Backward512(
        ref float scores, ref float gradients, nint stride, int rows, int count, float scale, ref float numbers)
    {
        var whole = count & -Lanes;
        var valid = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - whole)).AsSingle();
        var scales = Vector512.Create(scale);
        for (var r = 0; r < rows; r++)
        {
            ref var row = ref Unsafe.Add(ref scores, r * stride);
            ref var gradient = ref Unsafe.Add(ref gradients, r * stride);
            var maxima = Vector512.Create(Unsafe.Add(ref numbers, 2 * r));
            var factors = Vector512.Create(Unsafe.Add(ref numbers, 2 * r + 1));
            var sums = Vector512<float>.Zero;
            for (nint i = 0; i < whole; i += Lanes)
            {
                ref var at = ref Unsafe.Add(ref row, i);
                var p = Exponential((Vector512.LoadUnsafe(ref at) - maxima) * scales) * factors;
                sums = Vector512.FusedMultiplyAdd(p, Vector512.LoadUnsafe(ref Unsafe.Add(ref gradient, i)), sums);
                p.StoreUnsafe(ref at);
            }

            if (whole < count)
            {
                ref var at = ref Unsafe.Add(ref row, whole);
                ref var d = ref Unsafe.Add(ref gradient, whole);
                var p = valid & (Exponential((Vector512.LoadUnsafe(ref at) - maxima) * scales) * factors);
                var dp = valid & Vector512.LoadUnsafe(ref d);
                sums = Vector512.FusedMultiplyAdd(p, dp, sums);
                p.StoreUnsafe(ref at);
                dp.StoreUnsafe(ref d);
            }

            var dot = Vector512.Create(Vector512.Sum(sums));
            for (nint i = 0; i < count; i += Lanes)
            {
                ref var d = ref Unsafe.Add(ref gradient, i);
                var p = Vector512.LoadUnsafe(ref Unsafe.Add(ref row, i)) * scales;
                (p * (Vector512.LoadUnsafe(ref d) - dot)).StoreUnsafe(ref d);
            }
        }
    }

    // What is not a number stays so: the function alone would make it one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exponential(Vector512<float> x) =>
        Vector512.FusedMultiplyAdd(x, Vector512<float>.Zero, FloatMath.Exp(x));
}
