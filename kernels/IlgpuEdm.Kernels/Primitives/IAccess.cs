using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// How many neighbouring elements a thread takes at once, so that a kernel is written once for sizes that divide by four and for others.
/// What it takes fills the first places of a <see cref="Float4"/>.
/// </summary>
public interface IAccess
{
    /// <summary>Elements at once.</summary>
    static abstract int Width { get; }

    /// <summary>Reads elements.</summary>
    /// <typeparam name="TStorage">How they lie.</typeparam>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first; a multiple of the width.</param>
    /// <returns>Their values.</returns>
    static abstract Float4 Load<TStorage>(ArrayView<float> view, int index)
        where TStorage : struct, IStorage;

    /// <summary>Writes elements.</summary>
    /// <typeparam name="TStorage">How they lie.</typeparam>
    /// <param name="view">The tensor.</param>
    /// <param name="index">The first; a multiple of the width.</param>
    /// <param name="value">Their values.</param>
    static abstract void Store<TStorage>(ArrayView<float> view, int index, Float4 value)
        where TStorage : struct, IStorage;
}

/// <summary>What kernels of either width do with elements.</summary>
internal static class Access
{
    /// <summary>Writes elements, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TAccess, TStorage>(ArrayView<float> view, int index, Float4 value, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        if (accumulate != 0)
        {
            value = Float4.MultiplyAdd(1f, value, TAccess.Load<TStorage>(view, index));
        }

        TAccess.Store<TStorage>(view, index, value);
    }
}

/// <summary>Four elements at once.</summary>
public struct ByFour : IAccess
{
    /// <inheritdoc/>
    public static int Width => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load<TStorage>(ArrayView<float> view, int index)
        where TStorage : struct, IStorage => TStorage.Load4(view, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStorage>(ArrayView<float> view, int index, Float4 value)
        where TStorage : struct, IStorage => TStorage.Store4(view, index, value);
}

/// <summary>One element.</summary>
public struct ByOne : IAccess
{
    /// <inheritdoc/>
    public static int Width => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load<TStorage>(ArrayView<float> view, int index)
        where TStorage : struct, IStorage => new(TStorage.Load(view, index), 0f, 0f, 0f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStorage>(ArrayView<float> view, int index, Float4 value)
        where TStorage : struct, IStorage => TStorage.Store(view, index, value.X);
}
