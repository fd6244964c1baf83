using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The functions for vectors of 512 bits.</content>
public static partial class FloatMath
{
    /// <summary>The exponential function of each element, as <see cref="Exp(float)"/>.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>e^x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var low = Vector512.Create(-87f);
        var high = Vector512.Create(88f);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, low), low, x);
        x = Vector512.ConditionalSelect(Vector512.GreaterThan(x, high), high, x);

        // Of so large a sum the last bits of the significand are the integer nearest to x / ln 2.
        var large = Vector512.Create(12582912f);
        var sum = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), large);
        var n = sum - large;
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p * r, r, r) + Vector512<float>.One;
        return p * ((sum.AsInt32() << 23) + Vector512<float>.One.AsInt32()).AsSingle();
    }

    /// <summary>The logistic function of each element.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>Values in (0, 1).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));
}
