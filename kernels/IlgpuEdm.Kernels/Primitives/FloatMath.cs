using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Elementary functions in float32 written out as polynomials, once for scalars and once for vectors, so that every device computes
/// the same values up to the last bits; the approximations built into GPUs are coarser and differ between vendors.
/// </summary>
public static class FloatMath
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>The exponential function; the argument is clamped to [-87, 88].</summary>
    /// <param name="x">The argument.</param>
    /// <returns>e^x within 2 units in the last place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x)
    {
        x = x < -87f ? -87f : x;
        x = x > 88f ? 88f : x;
        var n = Floor(x * Log2E + 0.5f);
        var r = x - n * Ln2High - n * Ln2Low;
        var p = 1.9875691500e-4f;
        p = p * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        p = p * r * r + r + 1f;
        return p * Interop.IntAsFloat((uint)(((int)n + 127) << 23));
    }

    /// <summary>The exponential function of each element, as <see cref="Exp(float)"/>.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>e^x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.Min(Vector.Max(x, new Vector<float>(-87f)), new Vector<float>(88f));
        var n = Vector.Floor(x * Log2E + new Vector<float>(0.5f));
        var r = x - n * Ln2High - n * Ln2Low;
        var p = Vector.FusedMultiplyAdd(new Vector<float>(1.9875691500e-4f), r, new Vector<float>(1.3981999507e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(8.3334519073e-3f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(4.1665795894e-2f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(1.6666665459e-1f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(5.0000001201e-1f));
        p = Vector.FusedMultiplyAdd(p * r, r, r) + Vector<float>.One;
        var power = Vector.ShiftLeft(Vector.ConvertToInt32(n) + new Vector<int>(127), 23);
        return p * Vector.AsVectorSingle(power);
    }

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

    /// <summary>The logistic function 1 / (1 + e^-x).</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A value in (0, 1).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

    /// <summary>The logistic function of each element.</summary>
    /// <param name="x">The arguments.</param>
    /// <returns>Values in (0, 1).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>The natural logarithm of a positive normal number.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>ln x.</returns>
    public static float Log(float x)
    {
        var bits = Interop.FloatAsInt(x);
        var exponent = (int)(bits >> 23) - 126;
        var m = Interop.IntAsFloat((bits & 0x7FFFFFu) | 0x3F000000u);
        if (m < 0.70710678f)
        {
            exponent -= 1;
            m += m;
        }

        m -= 1f;
        var square = m * m;
        var p = 7.0376836292e-2f;
        p = p * m - 1.1514610310e-1f;
        p = p * m + 1.1676998740e-1f;
        p = p * m - 1.2420140846e-1f;
        p = p * m + 1.4249322787e-1f;
        p = p * m - 1.6668057665e-1f;
        p = p * m + 2.0000714765e-1f;
        p = p * m - 2.4999993993e-1f;
        p = p * m + 3.3333331174e-1f;
        var y = p * m * square + exponent * Ln2Low - 0.5f * square;
        return m + y + exponent * Ln2High;
    }

    /// <summary>The sine, for arguments up to some ten thousand.</summary>
    /// <param name="x">The argument, in radians.</param>
    /// <returns>sin x.</returns>
    public static float Sin(float x)
    {
        Reduce(x, out var quadrant, out var r);
        var odd = (quadrant & 1) != 0;
        var value = odd ? CosinePolynomial(r) : SinePolynomial(r);
        return (quadrant & 2) != 0 ? -value : value;
    }

    /// <summary>The cosine, for arguments up to some ten thousand.</summary>
    /// <param name="x">The argument, in radians.</param>
    /// <returns>cos x.</returns>
    public static float Cos(float x)
    {
        Reduce(x, out var quadrant, out var r);
        var odd = (quadrant & 1) != 0;
        var value = odd ? SinePolynomial(r) : CosinePolynomial(r);
        return ((quadrant + 1) & 2) != 0 ? -value : value;
    }

    /// <summary>The largest integer not above a number of moderate size.</summary>
    /// <param name="x">The number, of magnitude below 2^31.</param>
    /// <returns>The integer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Floor(float x)
    {
        float t = (int)x;
        return t > x ? t - 1f : t;
    }

    // x = quadrant * pi/2 + r; pi/2 in three parts so that the products with the quadrant are exact.
    private static void Reduce(float x, out int quadrant, out float r)
    {
        var n = Floor(x * 0.63661977f + 0.5f);
        quadrant = (int)n & 3;
        r = x - n * 1.5703125f - n * 4.837512969970703125e-4f - n * 7.54978995489188216e-8f;
    }

    private static float SinePolynomial(float r)
    {
        var s = r * r;
        return ((-1.9515295891e-4f * s + 8.3321608736e-3f) * s - 1.6666654611e-1f) * s * r + r;
    }

    private static float CosinePolynomial(float r)
    {
        var s = r * r;
        return ((2.443315711809948e-5f * s - 1.388731625493765e-3f) * s + 4.166664568298827e-2f) * s * s - 0.5f * s + 1f;
    }
}
