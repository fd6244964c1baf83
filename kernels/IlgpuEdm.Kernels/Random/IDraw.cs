using System.Runtime.CompilerServices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Random;

/// <summary>What is made of four random words.</summary>
public interface IDraw
{
    /// <summary>Four draws.</summary>
    /// <param name="words">The words.</param>
    /// <returns>The draws.</returns>
    static abstract Float4 From(PhiloxBlock words);
}

/// <summary>Standard normals.</summary>
public struct NormalDraw : IDraw
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 From(PhiloxBlock words)
    {
        var r0 = RandomKernels.Radius(words.X);
        var a0 = RandomKernels.Angle(words.Y);
        var r1 = RandomKernels.Radius(words.Z);
        var a1 = RandomKernels.Angle(words.W);
        return new Float4(r0 * FloatMath.Cos(a0), r0 * FloatMath.Sin(a0), r1 * FloatMath.Cos(a1), r1 * FloatMath.Sin(a1));
    }
}

/// <summary>Uniform draws between 0 and 1, both excluded.</summary>
public struct UniformDraw : IDraw
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 From(PhiloxBlock words) =>
        new(Philox.ToUnit(words.X), Philox.ToUnit(words.Y), Philox.ToUnit(words.Z), Philox.ToUnit(words.W));
}
