using System.Numerics;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Vectors of one length, stored a few at a time with their elements interleaved, as <see cref="DotProducts"/> reads them.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class PackedVectors<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Makes vectors of zeros.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Elements of each.</param>
    public PackedVectors(int count, int length)
    {
        (Count, Length) = (count, length);
        Panels = new T[(count + DotProducts.Width<T>() - 1) / DotProducts.Width<T>()][];
        for (var i = 0; i < Panels.Length; i++)
        {
            Panels[i] = new T[(long)length * DotProducts.Width<T>()];
        }
    }

    /// <summary>How many vectors there are.</summary>
    public int Count { get; }

    /// <summary>Elements of each.</summary>
    public int Length { get; }

    /// <summary>The vectors, <see cref="DotProducts.Width"/> a panel: first element 0 of each, then element 1 of each, and so on.</summary>
    internal T[][] Panels { get; }

    /// <summary>One element of one vector.</summary>
    public T this[int vector, int element]
    {
        get => Panels[vector / DotProducts.Width<T>()][Place(vector, element)];
        set => Panels[vector / DotProducts.Width<T>()][Place(vector, element)] = value;
    }

    /// <summary>Packs rows of a matrix, each a vector.</summary>
    /// <param name="rows">The rows, each of the same number of elements.</param>
    /// <param name="length">That number.</param>
    public static PackedVectors<T> Of<TSource>(IReadOnlyList<TSource[]> rows, int length) where TSource : INumberBase<TSource>
    {
        var packed = new PackedVectors<T>(rows.Count, length);
        var width = DotProducts.Width<T>();
        Parallel.For(0, packed.Panels.Length, p =>
        {
            var panel = packed.Panels[p];
            for (var v = 0; v < width && p * width + v < rows.Count; v++)
            {
                var row = rows[p * width + v];
                for (var i = 0; i < length; i++)
                {
                    panel[i * width + v] = T.CreateTruncating(row[i]);
                }
            }
        });
        return packed;
    }

    private static int Place(int vector, int element) => element * DotProducts.Width<T>() + vector % DotProducts.Width<T>();
}
