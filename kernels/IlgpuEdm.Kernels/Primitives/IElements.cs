using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// How many neighbouring elements a thread takes at once, so that a kernel is written once for both: four by one instruction where counts
/// and strides divide by 4, or one.
/// </summary>
public interface IElements
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>Reads them.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first; a multiple of <see cref="Count"/>.</param>
    /// <returns>Their values; what is not there is 0.</returns>
    static abstract Float4 Load(ArrayView<float> view, int index);

    /// <summary>Writes them.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first; a multiple of <see cref="Count"/>.</param>
    /// <param name="value">Their values.</param>
    static abstract void Store(ArrayView<float> view, int index, Float4 value);
}

/// <summary>Four elements.</summary>
/// <typeparam name="TStorage">How they lie in memory.</typeparam>
public struct FourElements<TStorage> : IElements
    where TStorage : struct, IStorage
{
    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load(ArrayView<float> view, int index) => TStorage.Load4(view, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> view, int index, Float4 value) => TStorage.Store4(view, index, value);
}

/// <summary>One element.</summary>
/// <typeparam name="TStorage">How it lies in memory.</typeparam>
public struct OneElement<TStorage> : IElements
    where TStorage : struct, IStorage
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load(ArrayView<float> view, int index) => new(TStorage.Load(view, index), 0f, 0f, 0f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> view, int index, Float4 value) => TStorage.Store(view, index, value.X);
}
