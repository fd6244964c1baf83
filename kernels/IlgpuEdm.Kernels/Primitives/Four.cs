using System.Runtime.CompilerServices;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Arithmetic on four floats at once, element by element.</summary>
internal static class Four
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Add(Float4 a, Float4 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Subtract(Float4 a, Float4 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z, a.W - b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Multiply(Float4 a, Float4 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z, a.W * b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Scale(float a, Float4 b) => new(a * b.X, a * b.Y, a * b.Z, a * b.W);

    /// <summary><c>a * b + c</c>, each fused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 MultiplyAdd(Float4 a, Float4 b, Float4 c) =>
        new(Gpu.Fma(a.X, b.X, c.X), Gpu.Fma(a.Y, b.Y, c.Y), Gpu.Fma(a.Z, b.Z, c.Z), Gpu.Fma(a.W, b.W, c.W));

    /// <summary>The larger of each and a number; what is not a number stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Max(Float4 a, float b) => new(a.X < b ? b : a.X, a.Y < b ? b : a.Y, a.Z < b ? b : a.Z, a.W < b ? b : a.W);

    /// <summary>The larger of each two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Max(Float4 a, Float4 b) =>
        new(a.X > b.X ? a.X : b.X, a.Y > b.Y ? a.Y : b.Y, a.Z > b.Z ? a.Z : b.Z, a.W > b.W ? a.W : b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Silu(Float4 x) => new(
        x.X * FloatMath.Sigmoid(x.X), x.Y * FloatMath.Sigmoid(x.Y), x.Z * FloatMath.Sigmoid(x.Z), x.W * FloatMath.Sigmoid(x.W));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 SiluSlope(Float4 x) =>
        new(Pointwise.SiluSlope(x.X), Pointwise.SiluSlope(x.Y), Pointwise.SiluSlope(x.Z), Pointwise.SiluSlope(x.W));
}
