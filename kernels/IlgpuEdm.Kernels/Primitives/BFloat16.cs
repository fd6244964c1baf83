using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Elements of 16 bits, the upper half of a float: its range with 8 significant bits. Two of them share a float's place.</summary>
public struct BFloat16 : IStorage, IStorageOf<BFloat16Format>
{
    internal const uint QuietNaN = 0x7FC0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(ArrayView<float> view, int index) => Widen(view.Cast<ushort>()[index]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> view, int index, float value) => view.Cast<ushort>()[index] = (ushort)Round(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float2 Load2(ArrayView<float> view, int index)
    {
        var word = view.Cast<uint>()[index >> 1];
        return new Float2(Widen(word), Upper(word));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store2(ArrayView<float> view, int index, Float2 value) => view.Cast<uint>()[index >> 1] = Pack(value.X, value.Y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load4(ArrayView<float> view, int index)
    {
        var pair = view.Cast<UInt2>()[index >> 2];
        return new Float4(Widen(pair.X), Upper(pair.X), Widen(pair.Y), Upper(pair.Y));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store4(ArrayView<float> view, int index, Float4 value) =>
        view.Cast<UInt2>()[index >> 2] = new UInt2(Pack(value.X, value.Y), Pack(value.Z, value.W));

    /// <summary>The value of the lower 16 bits.</summary>
    /// <param name="bits">An element, or two.</param>
    /// <returns>The value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(uint bits) => Interop.IntAsFloat(bits << 16);

    /// <summary>The value of the upper 16 bits.</summary>
    /// <param name="bits">Two elements.</param>
    /// <returns>The value of the second.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Upper(uint bits) => Interop.IntAsFloat(bits & 0xFFFF0000u);

    /// <summary>Rounds to nearest even.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The 16 bits; an infinity stays one, and so does what is not a number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Round(float value)
    {
        var bits = Interop.FloatAsInt(value);
        var rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? QuietNaN : rounded;
    }

    /// <summary>Two values in one word.</summary>
    /// <param name="first">The value of the lower half.</param>
    /// <param name="second">The value of the upper half.</param>
    /// <returns>The word.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(float first, float second) => Round(first) | (Round(second) << 16);
}

/// <summary>Two words that one instruction of 8 bytes loads or stores.</summary>
/// <param name="x">The first.</param>
/// <param name="y">The second.</param>
public struct UInt2(uint x, uint y)
{
    /// <summary>The first.</summary>
    public uint X = x;

    /// <summary>The second.</summary>
    public uint Y = y;
}
