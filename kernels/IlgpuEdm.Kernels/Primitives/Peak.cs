using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Work that is bound by one thing alone, from which the machine's limits are measured.</summary>
public static class Peak
{
    /// <summary>Floats that <see cref="MultiplyAdd"/> works on.</summary>
    public const int Width = 192;

    private const float Factor = 0.75f;
    private const float Summand = 0.25f;

    /// <summary>Multiplies and adds in registers, again and again: <c>x = 0.75 x + 0.25</c>; no memory is touched meanwhile.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="offset">The first of <see cref="Width"/>.</param>
    /// <param name="rounds">How often.</param>
    [IntrinsicImplementation]
    public static void MultiplyAdd(ArrayView<float> x, int offset, int rounds)
    {
        ref var first = ref x[offset];
        if (Vector512.IsHardwareAccelerated)
        {
            Chains512(ref first, rounds);
        }
        else
        {
            Chains256(ref first, rounds);
        }
    }

    /// <summary>The portable body of <see cref="MultiplyAdd"/>.</summary>
    /// <inheritdoc cref="MultiplyAdd"/>
    public static void MultiplyAddPortable(ArrayView<float> x, int offset, int rounds)
    {
        for (var i = offset; i < offset + Width; i += 8)
        {
            float v0 = x[i], v1 = x[i + 1], v2 = x[i + 2], v3 = x[i + 3];
            float v4 = x[i + 4], v5 = x[i + 5], v6 = x[i + 6], v7 = x[i + 7];
            for (var round = 0; round < rounds; round++)
            {
                v0 = v0 * Factor + Summand;
                v1 = v1 * Factor + Summand;
                v2 = v2 * Factor + Summand;
                v3 = v3 * Factor + Summand;
                v4 = v4 * Factor + Summand;
                v5 = v5 * Factor + Summand;
                v6 = v6 * Factor + Summand;
                v7 = v7 * Factor + Summand;
            }

            x[i] = v0;
            x[i + 1] = v1;
            x[i + 2] = v2;
            x[i + 3] = v3;
            x[i + 4] = v4;
            x[i + 5] = v5;
            x[i + 6] = v6;
            x[i + 7] = v7;
        }
    }

    /// <summary>Adds up a run, which is to read it.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="offset">The first of the run.</param>
    /// <param name="count">Floats.</param>
    /// <param name="y">Receives the sum.</param>
    /// <param name="at">Where to.</param>
    [IntrinsicImplementation]
    public static void Sum(ArrayView<float> x, int offset, int count, ArrayView<float> y, int at) => y[at] = Sum(ref x[offset], count);

    /// <summary>The portable body of <see cref="Sum(ArrayView{float}, int, int, ArrayView{float}, int)"/>.</summary>
    /// <inheritdoc cref="Sum(ArrayView{float}, int, int, ArrayView{float}, int)"/>
    public static void SumPortable(ArrayView<float> x, int offset, int count, ArrayView<float> y, int at)
    {
        float s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        var end = offset + count;
        var i = offset;
        for (; i <= end - 4; i += 4)
        {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }

        for (; i < end; i++)
        {
            s0 += x[i];
        }

        y[at] = s0 + s1 + (s2 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(ref float x, int count)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= count - 64; i += 64)
        {
            s0 += Vector512.LoadUnsafe(ref x, (nuint)i);
            s1 += Vector512.LoadUnsafe(ref x, (nuint)(i + 16));
            s2 += Vector512.LoadUnsafe(ref x, (nuint)(i + 32));
            s3 += Vector512.LoadUnsafe(ref x, (nuint)(i + 48));
        }

        var sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        for (; i < count; i++)
        {
            sum += Unsafe.Add(ref x, i);
        }

        return sum;
    }

    // Enough chains beside each other to hide the latency of each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Chains512(ref float x, int rounds)
    {
        var factor = Vector512.Create(Factor);
        var summand = Vector512.Create(Summand);
        var v0 = Vector512.LoadUnsafe(ref x);
        var v1 = Vector512.LoadUnsafe(ref x, 16);
        var v2 = Vector512.LoadUnsafe(ref x, 32);
        var v3 = Vector512.LoadUnsafe(ref x, 48);
        var v4 = Vector512.LoadUnsafe(ref x, 64);
        var v5 = Vector512.LoadUnsafe(ref x, 80);
        var v6 = Vector512.LoadUnsafe(ref x, 96);
        var v7 = Vector512.LoadUnsafe(ref x, 112);
        var v8 = Vector512.LoadUnsafe(ref x, 128);
        var v9 = Vector512.LoadUnsafe(ref x, 144);
        var v10 = Vector512.LoadUnsafe(ref x, 160);
        var v11 = Vector512.LoadUnsafe(ref x, 176);
        for (var round = 0; round < rounds; round++)
        {
            v0 = Vector512.FusedMultiplyAdd(v0, factor, summand);
            v1 = Vector512.FusedMultiplyAdd(v1, factor, summand);
            v2 = Vector512.FusedMultiplyAdd(v2, factor, summand);
            v3 = Vector512.FusedMultiplyAdd(v3, factor, summand);
            v4 = Vector512.FusedMultiplyAdd(v4, factor, summand);
            v5 = Vector512.FusedMultiplyAdd(v5, factor, summand);
            v6 = Vector512.FusedMultiplyAdd(v6, factor, summand);
            v7 = Vector512.FusedMultiplyAdd(v7, factor, summand);
            v8 = Vector512.FusedMultiplyAdd(v8, factor, summand);
            v9 = Vector512.FusedMultiplyAdd(v9, factor, summand);
            v10 = Vector512.FusedMultiplyAdd(v10, factor, summand);
            v11 = Vector512.FusedMultiplyAdd(v11, factor, summand);
        }

        v0.StoreUnsafe(ref x);
        v1.StoreUnsafe(ref x, 16);
        v2.StoreUnsafe(ref x, 32);
        v3.StoreUnsafe(ref x, 48);
        v4.StoreUnsafe(ref x, 64);
        v5.StoreUnsafe(ref x, 80);
        v6.StoreUnsafe(ref x, 96);
        v7.StoreUnsafe(ref x, 112);
        v8.StoreUnsafe(ref x, 128);
        v9.StoreUnsafe(ref x, 144);
        v10.StoreUnsafe(ref x, 160);
        v11.StoreUnsafe(ref x, 176);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Chains256(ref float x, int rounds)
    {
        var factor = Vector256.Create(Factor);
        var summand = Vector256.Create(Summand);
        for (var start = 0; start < Width; start += Width / 2)
        {
            var v0 = Vector256.LoadUnsafe(ref x, (nuint)start);
            var v1 = Vector256.LoadUnsafe(ref x, (nuint)(start + 8));
            var v2 = Vector256.LoadUnsafe(ref x, (nuint)(start + 16));
            var v3 = Vector256.LoadUnsafe(ref x, (nuint)(start + 24));
            var v4 = Vector256.LoadUnsafe(ref x, (nuint)(start + 32));
            var v5 = Vector256.LoadUnsafe(ref x, (nuint)(start + 40));
            var v6 = Vector256.LoadUnsafe(ref x, (nuint)(start + 48));
            var v7 = Vector256.LoadUnsafe(ref x, (nuint)(start + 56));
            var v8 = Vector256.LoadUnsafe(ref x, (nuint)(start + 64));
            var v9 = Vector256.LoadUnsafe(ref x, (nuint)(start + 72));
            var v10 = Vector256.LoadUnsafe(ref x, (nuint)(start + 80));
            var v11 = Vector256.LoadUnsafe(ref x, (nuint)(start + 88));
            for (var round = 0; round < rounds; round++)
            {
                v0 = Vector256.FusedMultiplyAdd(v0, factor, summand);
                v1 = Vector256.FusedMultiplyAdd(v1, factor, summand);
                v2 = Vector256.FusedMultiplyAdd(v2, factor, summand);
                v3 = Vector256.FusedMultiplyAdd(v3, factor, summand);
                v4 = Vector256.FusedMultiplyAdd(v4, factor, summand);
                v5 = Vector256.FusedMultiplyAdd(v5, factor, summand);
                v6 = Vector256.FusedMultiplyAdd(v6, factor, summand);
                v7 = Vector256.FusedMultiplyAdd(v7, factor, summand);
                v8 = Vector256.FusedMultiplyAdd(v8, factor, summand);
                v9 = Vector256.FusedMultiplyAdd(v9, factor, summand);
                v10 = Vector256.FusedMultiplyAdd(v10, factor, summand);
                v11 = Vector256.FusedMultiplyAdd(v11, factor, summand);
            }

            v0.StoreUnsafe(ref x, (nuint)start);
            v1.StoreUnsafe(ref x, (nuint)(start + 8));
            v2.StoreUnsafe(ref x, (nuint)(start + 16));
            v3.StoreUnsafe(ref x, (nuint)(start + 24));
            v4.StoreUnsafe(ref x, (nuint)(start + 32));
            v5.StoreUnsafe(ref x, (nuint)(start + 40));
            v6.StoreUnsafe(ref x, (nuint)(start + 48));
            v7.StoreUnsafe(ref x, (nuint)(start + 56));
            v8.StoreUnsafe(ref x, (nuint)(start + 64));
            v9.StoreUnsafe(ref x, (nuint)(start + 72));
            v10.StoreUnsafe(ref x, (nuint)(start + 80));
            v11.StoreUnsafe(ref x, (nuint)(start + 88));
        }
    }
}
