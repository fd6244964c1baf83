using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Element-wise work on contiguous runs.</summary>
public static class Pointwise
{
    /// <summary>A weighted sum of two runs: <c>y = p * a + q * b</c>, added to y if asked for.</summary>
    /// <param name="a">The first run.</param>
    /// <param name="b">The second run; not read where q is 0.</param>
    /// <param name="y">The result.</param>
    /// <param name="offset">Where all three start.</param>
    /// <param name="count">Floats.</param>
    /// <param name="p">Factor of the first.</param>
    /// <param name="q">Factor of the second.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Combine(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, int offset, int count, float p, float q, int accumulate)
    {
        ref var x0 = ref a[offset];
        ref var to = ref y[offset];
        ref var x1 = ref q != 0f ? ref b[offset] : ref x0;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = Vector.LoadUnsafe(ref x0, (nuint)i) * p;
            if (q != 0f)
            {
                v += Vector.LoadUnsafe(ref x1, (nuint)i) * q;
            }

            if (accumulate != 0)
            {
                v += Vector.LoadUnsafe(ref to, (nuint)i);
            }

            v.StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < count; i++)
        {
            var v = Unsafe.Add(ref x0, i) * p;
            if (q != 0f)
            {
                v += Unsafe.Add(ref x1, i) * q;
            }

            Unsafe.Add(ref to, i) = accumulate != 0 ? v + Unsafe.Add(ref to, i) : v;
        }
    }

    /// <summary>The portable body of <see cref="Combine"/>.</summary>
    /// <inheritdoc cref="Combine"/>
    public static void CombinePortable(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, int offset, int count, float p, float q, int accumulate)
    {
        for (var i = offset; i < offset + count; i++)
        {
            var v = a[i] * p;
            if (q != 0f)
            {
                v += b[i] * q;
            }

            if (accumulate != 0)
            {
                v += y[i];
            }

            y[i] = v;
        }
    }

    /// <summary>Moves a run a part of the way to another: <c>y += rate * (x - y)</c>. Where both are equal nothing changes.</summary>
    /// <param name="x">Where to.</param>
    /// <param name="y">What is moved.</param>
    /// <param name="offset">Where both start.</param>
    /// <param name="count">Floats.</param>
    /// <param name="rate">The part, from 0 to 1.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Approach(ArrayView<float> x, ArrayView<float> y, int offset, int count, float rate)
    {
        ref var to = ref x[offset];
        ref var moved = ref y[offset];
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var old = Vector.LoadUnsafe(ref moved, (nuint)i);
            (old + (Vector.LoadUnsafe(ref to, (nuint)i) - old) * rate).StoreUnsafe(ref moved, (nuint)i);
        }

        for (; i < count; i++)
        {
            var old = Unsafe.Add(ref moved, i);
            Unsafe.Add(ref moved, i) = old + (Unsafe.Add(ref to, i) - old) * rate;
        }
    }

    /// <summary>The portable body of <see cref="Approach"/>.</summary>
    /// <inheritdoc cref="Approach"/>
    public static void ApproachPortable(ArrayView<float> x, ArrayView<float> y, int offset, int count, float rate)
    {
        for (var i = offset; i < offset + count; i++)
        {
            y[i] += (x[i] - y[i]) * rate;
        }
    }

    /// <summary>SiLU: <c>y = x * sigmoid(x)</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The result.</param>
    /// <param name="offset">Where both start.</param>
    /// <param name="count">Floats.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Silu(ArrayView<float> x, ArrayView<float> y, int offset, int count)
    {
        ref var from = ref x[offset];
        ref var to = ref y[offset];
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = Vector.LoadUnsafe(ref from, (nuint)i);
            (v * FloatMath.Sigmoid(v)).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < count; i++)
        {
            var v = Unsafe.Add(ref from, i);
            Unsafe.Add(ref to, i) = v * FloatMath.Sigmoid(v);
        }
    }

    /// <summary>The portable body of <see cref="Silu"/>.</summary>
    /// <inheritdoc cref="Silu"/>
    public static void SiluPortable(ArrayView<float> x, ArrayView<float> y, int offset, int count)
    {
        for (var i = offset; i < offset + count; i++)
        {
            y[i] = x[i] * FloatMath.Sigmoid(x[i]);
        }
    }

    /// <summary>The gradient of SiLU: <c>dx = dy * s * (1 + x * (1 - s))</c> with <c>s = sigmoid(x)</c>.</summary>
    /// <param name="x">The input of the forward pass.</param>
    /// <param name="dy">The gradient of the result.</param>
    /// <param name="dx">The gradient of the input.</param>
    /// <param name="offset">Where all three start.</param>
    /// <param name="count">Floats.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void SiluBackward(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int offset, int count, int accumulate)
    {
        ref var input = ref x[offset];
        ref var from = ref dy[offset];
        ref var to = ref dx[offset];
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = Vector.LoadUnsafe(ref input, (nuint)i);
            var d = Vector.LoadUnsafe(ref from, (nuint)i) * SiluSlope(v);
            if (accumulate != 0)
            {
                d += Vector.LoadUnsafe(ref to, (nuint)i);
            }

            d.StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < count; i++)
        {
            var d = Unsafe.Add(ref from, i) * SiluSlope(Unsafe.Add(ref input, i));
            Unsafe.Add(ref to, i) = accumulate != 0 ? d + Unsafe.Add(ref to, i) : d;
        }
    }

    /// <summary>The portable body of <see cref="SiluBackward"/>.</summary>
    /// <inheritdoc cref="SiluBackward"/>
    public static void SiluBackwardPortable(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int offset, int count, int accumulate)
    {
        for (var i = offset; i < offset + count; i++)
        {
            var d = dy[i] * SiluSlope(x[i]);
            if (accumulate != 0)
            {
                d += dx[i];
            }

            dx[i] = d;
        }
    }

    /// <summary>The derivative of SiLU.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>s (1 + x (1 - s)) with s = sigmoid(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SiluSlope(float x)
    {
        var s = FloatMath.Sigmoid(x);
        return s * (1f + x * (1f - s));
    }

    /// <summary>The derivative of SiLU for each element.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>s (1 + x (1 - s)) with s = sigmoid(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> SiluSlope(Vector<float> x)
    {
        var s = FloatMath.Sigmoid(x);
        return s * (Vector<float>.One + x * (Vector<float>.One - s));
    }

    /// <summary>The derivative of SiLU for each element.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>s (1 + x (1 - s)) with s = sigmoid(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> SiluSlope(Vector512<float> x)
    {
        var s = FloatMath.Sigmoid(x);
        return s * (Vector512<float>.One + x * (Vector512<float>.One - s));
    }
}
