using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The weight transform of F(2x2, 3x3) and its transpose, on runs of weights whose taps or frequencies lie a stride apart.
/// </summary>
public static class WinogradKernel
{
    /// <summary>Turns 9 taps into 16 frequencies in place, <c>U = G g G^T</c>.</summary>
    /// <param name="u">Holds the taps in the places of the first 9 frequencies; receives the frequencies.</param>
    /// <param name="offset">The first weight of the first one.</param>
    /// <param name="stride">From a tap or frequency to the next, in floats.</param>
    /// <param name="count">Weights; a multiple of 16.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Transform(ArrayView<float> u, int offset, int stride, int count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Forward<Lanes512, Vector512<float>>(ref u[offset], stride, count);
        }
        else
        {
            Forward<Lanes256, Vector256<float>>(ref u[offset], stride, count);
        }
    }

    /// <summary>The portable body of <see cref="Transform"/>.</summary>
    /// <inheritdoc cref="Transform"/>
    public static void TransformPortable(ArrayView<float> u, int offset, int stride, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var o = offset + i;
            var g0 = u[o];
            var g1 = u[o + stride];
            var g2 = u[o + 2 * stride];
            var g3 = u[o + 3 * stride];
            var g4 = u[o + 4 * stride];
            var g5 = u[o + 5 * stride];
            var g6 = u[o + 6 * stride];
            var g7 = u[o + 7 * stride];
            var g8 = u[o + 8 * stride];
            Row(u, o, stride, g0, g1, g2);
            Row(u, o + 4 * stride, stride, 0.5f * (g0 + g3 + g6), 0.5f * (g1 + g4 + g7), 0.5f * (g2 + g5 + g8));
            Row(u, o + 8 * stride, stride, 0.5f * (g0 - g3 + g6), 0.5f * (g1 - g4 + g7), 0.5f * (g2 - g5 + g8));
            Row(u, o + 12 * stride, stride, g6, g7, g8);
        }
    }

    private static void Row(ArrayView<float> u, int o, int stride, float g0, float g1, float g2)
    {
        u[o] = g0;
        u[o + stride] = 0.5f * (g0 + g1 + g2);
        u[o + 2 * stride] = 0.5f * (g0 - g1 + g2);
        u[o + 3 * stride] = g2;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Forward<TLanes, T>(ref float u, int stride, int count)
        where TLanes : ILanes<T>
        where T : struct
    {
        nint f = stride;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            Column<TLanes, T>(ref u, 0, 3 * f, out var a0, out var b0, out var c0, out var e0);
            Column<TLanes, T>(ref u, f, 3 * f, out var a1, out var b1, out var c1, out var e1);
            Column<TLanes, T>(ref u, 2 * f, 3 * f, out var a2, out var b2, out var c2, out var e2);
            Store<TLanes, T>(ref u, f, a0, a1, a2);
            Store<TLanes, T>(ref Unsafe.Add(ref u, 4 * f), f, b0, b1, b2);
            Store<TLanes, T>(ref Unsafe.Add(ref u, 8 * f), f, c0, c1, c2);
            Store<TLanes, T>(ref Unsafe.Add(ref u, 12 * f), f, e0, e1, e2);
            u = ref Unsafe.Add(ref u, TLanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TLanes, T>(ref float u, nint tap, nint line, out T t0, out T t1, out T t2, out T t3)
        where TLanes : ILanes<T>
        where T : struct
    {
        var g0 = TLanes.Load(ref u, tap);
        var g1 = TLanes.Load(ref u, tap + line);
        var g2 = TLanes.Load(ref u, tap + 2 * line);
        t0 = g0;
        t1 = TLanes.Scale(TLanes.Add(TLanes.Add(g0, g1), g2), 0.5f);
        t2 = TLanes.Scale(TLanes.Add(TLanes.Subtract(g0, g1), g2), 0.5f);
        t3 = g2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes, T>(ref float to, nint f, T g0, T g1, T g2)
        where TLanes : ILanes<T>
        where T : struct
    {
        TLanes.Store(g0, ref to, 0);
        TLanes.Store(TLanes.Scale(TLanes.Add(TLanes.Add(g0, g1), g2), 0.5f), ref to, f);
        TLanes.Store(TLanes.Scale(TLanes.Add(TLanes.Subtract(g0, g1), g2), 0.5f), ref to, 2 * f);
        TLanes.Store(g2, ref to, 3 * f);
    }

    /// <summary>Turns the gradients of 16 frequencies into those of 9 taps, <c>dg = G^T dU G</c>.</summary>
    /// <param name="du">The gradients of the frequencies.</param>
    /// <param name="duOffset">The first weight of the first one.</param>
    /// <param name="duStride">From a frequency to the next, in floats.</param>
    /// <param name="dg">Receives the gradients of the taps.</param>
    /// <param name="dgOffset">The first weight of the first one.</param>
    /// <param name="dgStride">From a tap to the next, in floats.</param>
    /// <param name="count">Weights; a multiple of 16.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Gradient(
        ArrayView<float> du, int duOffset, int duStride, ArrayView<float> dg, int dgOffset, int dgStride, int count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Backward<Lanes512, Vector512<float>>(ref du[duOffset], duStride, ref dg[dgOffset], dgStride, count);
        }
        else
        {
            Backward<Lanes256, Vector256<float>>(ref du[duOffset], duStride, ref dg[dgOffset], dgStride, count);
        }
    }

    /// <summary>The portable body of <see cref="Gradient"/>.</summary>
    /// <inheritdoc cref="Gradient"/>
    public static void GradientPortable(
        ArrayView<float> du, int duOffset, int duStride, ArrayView<float> dg, int dgOffset, int dgStride, int count)
    {
        for (var i = 0; i < count; i++)
        {
            for (var row = 0; row < 3; row++)
            {
                var from = duOffset + i;
                var to = dgOffset + i + row * 3 * dgStride;
                var t0 = Vertical(du, from, 4 * duStride, row);
                var t1 = 0.5f * Vertical(du, from + duStride, 4 * duStride, row);
                var t2 = 0.5f * Vertical(du, from + 2 * duStride, 4 * duStride, row);
                var t3 = Vertical(du, from + 3 * duStride, 4 * duStride, row);
                dg[to] = t0 + (t1 + t2);
                dg[to + dgStride] = t1 - t2;
                dg[to + 2 * dgStride] = t1 + t2 + t3;
            }
        }
    }

    private static float Vertical(ArrayView<float> du, int from, int line, int row)
    {
        var half1 = 0.5f * du[from + line];
        var half2 = 0.5f * du[from + 2 * line];
        return row == 0 ? du[from] + (half1 + half2) : row == 1 ? half1 - half2 : half1 + half2 + du[from + 3 * line];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Backward<TLanes, T>(ref float du, int duStride, ref float dg, int dgStride, int count)
        where TLanes : ILanes<T>
        where T : struct
    {
        nint f = duStride, tap = dgStride;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            Three<TLanes, T>(ref du, 0, 4 * f, out var a0, out var b0, out var c0);
            Three<TLanes, T>(ref du, f, 4 * f, out var a1, out var b1, out var c1);
            Three<TLanes, T>(ref du, 2 * f, 4 * f, out var a2, out var b2, out var c2);
            Three<TLanes, T>(ref du, 3 * f, 4 * f, out var a3, out var b3, out var c3);
            StoreThree<TLanes, T>(ref dg, tap, a0, a1, a2, a3);
            StoreThree<TLanes, T>(ref Unsafe.Add(ref dg, 3 * tap), tap, b0, b1, b2, b3);
            StoreThree<TLanes, T>(ref Unsafe.Add(ref dg, 6 * tap), tap, c0, c1, c2, c3);
            du = ref Unsafe.Add(ref du, TLanes.Count);
            dg = ref Unsafe.Add(ref dg, TLanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Three<TLanes, T>(ref float du, nint from, nint line, out T t0, out T t1, out T t2)
        where TLanes : ILanes<T>
        where T : struct
    {
        var half1 = TLanes.Scale(TLanes.Load(ref du, from + line), 0.5f);
        var half2 = TLanes.Scale(TLanes.Load(ref du, from + 2 * line), 0.5f);
        var sum = TLanes.Add(half1, half2);
        t0 = TLanes.Add(TLanes.Load(ref du, from), sum);
        t1 = TLanes.Subtract(half1, half2);
        t2 = TLanes.Add(sum, TLanes.Load(ref du, from + 3 * line));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreThree<TLanes, T>(ref float dg, nint tap, T t0, T t1, T t2, T t3)
        where TLanes : ILanes<T>
        where T : struct
    {
        t1 = TLanes.Scale(t1, 0.5f);
        t2 = TLanes.Scale(t2, 0.5f);
        var sum = TLanes.Add(t1, t2);
        TLanes.Store(TLanes.Add(t0, sum), ref dg, 0);
        TLanes.Store(TLanes.Subtract(t1, t2), ref dg, tap);
        TLanes.Store(TLanes.Add(sum, t3), ref dg, 2 * tap);
    }
}
