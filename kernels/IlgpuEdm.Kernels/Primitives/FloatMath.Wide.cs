using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The functions for vectors of 512 bits, by the same steps as those for <c>Vector&lt;float&gt;</c>.</content>
public static partial class FloatMath
{
    /// <summary>The exponential function of each element, as <see cref="Exp(float)"/>.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>e^x; e^-87 for what is not a number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Not a number turns into a number here, unlike elsewhere; who multiplies by the argument gets it back.
        x = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-87f)), Vector512.Create(88f));
        var n = Vector512.Floor(x * Log2E + Vector512.Create(0.5f));
        var r = x - n * Ln2High - n * Ln2Low;
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p * r, r, r) + Vector512<float>.One;
        var power = (Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23;
        return p * power.AsSingle();
    }

    /// <summary>The logistic function of each element.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>Values in (0, 1).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));
}
