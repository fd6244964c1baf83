using System.Runtime.CompilerServices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>What an element-wise pass computes of an element of one or two tensors.</summary>
public interface IElementwise
{
    /// <summary>Whether the first tensor is read.</summary>
    static abstract bool ReadsFirst { get; }

    /// <summary>Whether the second tensor is read.</summary>
    /// <param name="q">The second number of the pass.</param>
    /// <returns>Whether it is.</returns>
    static abstract bool ReadsSecond(float q);

    /// <summary>The result.</summary>
    /// <param name="a">An element of the first tensor.</param>
    /// <param name="b">The element of the second.</param>
    /// <param name="p">The first number of the pass.</param>
    /// <param name="q">The second.</param>
    /// <returns>The element of the result.</returns>
    static abstract float Apply(float a, float b, float p, float q);
}

/// <summary>One value everywhere: <c>p</c>.</summary>
public struct Constant : IElementwise
{
    /// <inheritdoc/>
    public static bool ReadsFirst => false;

    /// <inheritdoc/>
    public static bool ReadsSecond(float q) => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(float a, float b, float p, float q) => p;
}

/// <summary><c>p * a + q * b</c>.</summary>
public struct WeightedSum : IElementwise
{
    /// <inheritdoc/>
    public static bool ReadsFirst => true;

    /// <inheritdoc/>
    public static bool ReadsSecond(float q) => q != 0f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(float a, float b, float p, float q) => p * a + q * b;
}

/// <summary>From b a part p of the way to a: <c>b + p * (a - b)</c>.</summary>
public struct PartOfTheWay : IElementwise
{
    /// <inheritdoc/>
    public static bool ReadsFirst => true;

    /// <inheritdoc/>
    public static bool ReadsSecond(float q) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(float a, float b, float p, float q) => b + (a - b) * p;
}

/// <summary><c>silu(a)</c>.</summary>
public struct Silu : IElementwise
{
    /// <inheritdoc/>
    public static bool ReadsFirst => true;

    /// <inheritdoc/>
    public static bool ReadsSecond(float q) => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(float a, float b, float p, float q) => a * FloatMath.Sigmoid(a);
}

/// <summary>The gradient of SiLU: of the argument a, where b is that of the result.</summary>
public struct SiluGradient : IElementwise
{
    /// <inheritdoc/>
    public static bool ReadsFirst => true;

    /// <inheritdoc/>
    public static bool ReadsSecond(float q) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Apply(float a, float b, float p, float q) => b * Pointwise.SiluSlope(a);
}
