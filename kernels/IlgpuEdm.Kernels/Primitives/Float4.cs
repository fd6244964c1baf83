namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Four floats that one instruction of 16 bytes loads or stores; a plain structure, as kernels want it.</summary>
/// <param name="x">The first.</param>
/// <param name="y">The second.</param>
/// <param name="z">The third.</param>
/// <param name="w">The fourth.</param>
public struct Float4(float x, float y, float z, float w)
{
    /// <summary>The first.</summary>
    public float X = x;

    /// <summary>The second.</summary>
    public float Y = y;

    /// <summary>The third.</summary>
    public float Z = z;

    /// <summary>The fourth.</summary>
    public float W = w;

    /// <summary><c>c + a * b</c>, each fused.</summary>
    /// <param name="a">A factor of all four.</param>
    /// <param name="b">Four factors.</param>
    /// <param name="c">Four terms.</param>
    /// <returns>Four sums.</returns>
    public static Float4 MultiplyAdd(float a, Float4 b, Float4 c) =>
        new(Gpu.Fma(a, b.X, c.X), Gpu.Fma(a, b.Y, c.Y), Gpu.Fma(a, b.Z, c.Z), Gpu.Fma(a, b.W, c.W));
}

/// <summary>Two floats that one instruction of 8 bytes loads or stores.</summary>
/// <param name="x">The first.</param>
/// <param name="y">The second.</param>
public struct Float2(float x, float y)
{
    /// <summary>The first.</summary>
    public float X = x;

    /// <summary>The second.</summary>
    public float Y = y;
}
