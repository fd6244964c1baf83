using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>How activations lie in memory. In any storage views are of floats, places count elements, and sums are float32.</summary>
public interface IStorage
{
    /// <summary>Reads an element.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The element.</param>
    /// <returns>Its value.</returns>
    static abstract float Load(ArrayView<float> view, int index);

    /// <summary>Writes an element.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The element.</param>
    /// <param name="value">Its value, rounded to nearest even where it must be.</param>
    static abstract void Store(ArrayView<float> view, int index, float value);

    /// <summary>Reads two elements at once.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first element; a multiple of 2.</param>
    /// <returns>Their values.</returns>
    static abstract Float2 Load2(ArrayView<float> view, int index);

    /// <summary>Writes two elements at once.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first element; a multiple of 2.</param>
    /// <param name="value">Their values.</param>
    static abstract void Store2(ArrayView<float> view, int index, Float2 value);

    /// <summary>Reads four elements at once.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first element; a multiple of 4.</param>
    /// <returns>Their values.</returns>
    static abstract Float4 Load4(ArrayView<float> view, int index);

    /// <summary>Writes four elements at once.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first element; a multiple of 4.</param>
    /// <param name="value">Their values.</param>
    static abstract void Store4(ArrayView<float> view, int index, Float4 value);
}

/// <summary>A storage whose memory, 16 bytes at a time, is words of a format.</summary>
/// <typeparam name="TFormat">What tensor cores multiply.</typeparam>
public interface IStorageOf<TFormat>
    where TFormat : struct, IMatrixFormat;

/// <summary>Elements of 32 bits.</summary>
public struct Float32 : IStorage, IStorageOf<Tf32Format>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(ArrayView<float> view, int index) => view[index];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> view, int index, float value) => view[index] = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float2 Load2(ArrayView<float> view, int index) => view.Cast<Float2>()[index >> 1];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store2(ArrayView<float> view, int index, Float2 value) => view.Cast<Float2>()[index >> 1] = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load4(ArrayView<float> view, int index) => view.Cast<Float4>()[index >> 2];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store4(ArrayView<float> view, int index, Float4 value) => view.Cast<Float4>()[index >> 2] = value;
}
