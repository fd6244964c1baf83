using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Dot products of many vectors with many others, which is to say products of matrices, on all cores. Each is summed in an order that
/// follows from the vectors' length alone: neither the number of cores nor the other vectors change a bit, x y is y x, and that of two
/// equal vectors is the square of each.
/// </summary>
internal static class DotProducts
{
    // Vectors of a tile, the work of a core at a time; and the elements that are taken at once, so that they stay in the cache.
    private const int TileVectors = 64;
    private const int Depth = 256;

    // Vectors of the first set whose sums the registers hold at once.
    private const int Rows = 4;

    /// <summary>Vectors of a panel: as many as two registers hold elements.</summary>
    public static int Width<T>() where T : unmanaged => 2 * Vector256<T>.Count;

    /// <summary>Computes all products of two sets, tile by tile.</summary>
    /// <param name="a">The first set.</param>
    /// <param name="b">The second set, of vectors of the same length.</param>
    /// <param name="isWanted">Whether a tile is wanted, by the numbers of its first vectors.</param>
    /// <param name="use">Is given each tile once, on any core and in any order.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void ForTiles(
        PackedVectors<float> a, PackedVectors<float> b, Func<int, int, bool> isWanted, Action<DotTile<float>> use,
        CancellationToken stop = default) => ForTiles<float, FloatLanes>(a, b, isWanted, use, stop);

    /// <summary>Computes all products of two sets, tile by tile, as that of float32.</summary>
    public static void ForTiles(
        PackedVectors<double> a, PackedVectors<double> b, Func<int, int, bool> isWanted, Action<DotTile<double>> use,
        CancellationToken stop = default) => ForTiles<double, DoubleLanes>(a, b, isWanted, use, stop);

    /// <summary>Adds the products of a set with itself to the lower half of a symmetric matrix, the diagonal included.</summary>
    /// <param name="vectors">The set.</param>
    /// <param name="matrix">Count x Count numbers, row by row.</param>
    public static void AddToLower(PackedVectors<double> vectors, double[] matrix) =>
        ForTiles(vectors, vectors, (i, j) => i >= j, tile =>
        {
            for (var i = 0; i < tile.RowCount; i++)
            {
                var row = matrix.AsSpan().Slice((int)((long)(tile.Row + i) * vectors.Count) + tile.Column);
                for (var j = 0; j < tile.ColumnCount && tile.Column + j <= tile.Row + i; j++)
                {
                    row[j] += tile[i, j];
                }
            }
        });

    private static void ForTiles<T, TLanes>(
        PackedVectors<T> a, PackedVectors<T> b, Func<int, int, bool> isWanted, Action<DotTile<T>> use, CancellationToken stop)
        where T : unmanaged, INumberBase<T>
        where TLanes : IFusedLanes<T>
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"vectors of {a.Length} and of {b.Length} elements");
        }

        int down = (a.Count + TileVectors - 1) / TileVectors, across = (b.Count + TileVectors - 1) / TileVectors;
        var options = new ParallelOptions { CancellationToken = stop };
        Parallel.For(0L, (long)down * across, options, () => new T[TileVectors * TileVectors], (index, _, sums) =>
        {
            int row = (int)(index / across) * TileVectors, column = (int)(index % across) * TileVectors;
            if (isWanted(row, column))
            {
                var (rows, columns) = (Math.Min(TileVectors, a.Count - row), Math.Min(TileVectors, b.Count - column));
                Fill<T, TLanes>(a, row, rows, b, column, columns, sums);
                use(new DotTile<T>(sums, TileVectors, row, rows, column, columns));
            }

            return sums;
        }, _ => { });
    }

    private static void Fill<T, TLanes>(
        PackedVectors<T> a, int row, int rows, PackedVectors<T> b, int column, int columns, T[] sums)
        where T : unmanaged, INumberBase<T>
        where TLanes : IFusedLanes<T>
    {
        var width = Width<T>();
        Array.Clear(sums);
        for (var first = 0; first < a.Length; first += Depth)
        {
            var depth = Math.Min(Depth, a.Length - first);
            for (var j = 0; j < columns; j += width)
            {
                var right = b.Panels[(column + j) / width].AsSpan(first * width, depth * width);
                for (var i = 0; i < rows; i += Rows)
                {
                    var left = a.Panels[(row + i) / width].AsSpan(first * width, depth * width);
                    AddBlock<T, TLanes>(left[((row + i) % width)..], right, depth, sums.AsSpan(i * TileVectors + j));
                }
            }
        }
    }

    // Four vectors times a panel: eight sums in registers, two loads and four broadcasts for eight multiplications.
    private static void AddBlock<T, TLanes>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, int depth, Span<T> sums)
        where T : unmanaged, INumberBase<T>
        where TLanes : IFusedLanes<T>
    {
        var width = (nuint)Width<T>();
        var half = (nuint)Vector256<T>.Count;
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        Vector256<T> s00 = default, s01 = default, s10 = default, s11 = default;
        Vector256<T> s20 = default, s21 = default, s30 = default, s31 = default;
        for (nuint k = 0; k < (nuint)depth * width; k += width)
        {
            var b0 = Vector256.LoadUnsafe(ref b, k);
            var b1 = Vector256.LoadUnsafe(ref b, k + half);
            var a0 = Vector256.Create(Unsafe.Add(ref a, k));
            s00 = TLanes.MultiplyAdd(a0, b0, s00);
            s01 = TLanes.MultiplyAdd(a0, b1, s01);
            var a1 = Vector256.Create(Unsafe.Add(ref a, k + 1));
            s10 = TLanes.MultiplyAdd(a1, b0, s10);
            s11 = TLanes.MultiplyAdd(a1, b1, s11);
            var a2 = Vector256.Create(Unsafe.Add(ref a, k + 2));
            s20 = TLanes.MultiplyAdd(a2, b0, s20);
            s21 = TLanes.MultiplyAdd(a2, b1, s21);
            var a3 = Vector256.Create(Unsafe.Add(ref a, k + 3));
            s30 = TLanes.MultiplyAdd(a3, b0, s30);
            s31 = TLanes.MultiplyAdd(a3, b1, s31);
        }

        Add(sums, s00, s01);
        Add(sums[TileVectors..], s10, s11);
        Add(sums[(2 * TileVectors)..], s20, s21);
        Add(sums[(3 * TileVectors)..], s30, s31);
    }

    private static void Add<T>(Span<T> sums, Vector256<T> low, Vector256<T> high)
    {
        (Vector256.Create<T>(sums) + low).CopyTo(sums);
        var rest = sums[Vector256<T>.Count..];
        (Vector256.Create<T>(rest) + high).CopyTo(rest);
    }
}

/// <summary>Dot products of some vectors of one set with some of another.</summary>
/// <param name="Sums">The products; they are overwritten after the call that was given them.</param>
/// <param name="Stride">From a row to the next.</param>
/// <param name="Row">Number of the first vector of the first set.</param>
/// <param name="RowCount">How many of them.</param>
/// <param name="Column">Number of the first vector of the second set.</param>
/// <param name="ColumnCount">How many of them.</param>
internal readonly record struct DotTile<T>(T[] Sums, int Stride, int Row, int RowCount, int Column, int ColumnCount)
{
    /// <summary>The product of vectors Row + i and Column + j.</summary>
    public T this[int i, int j] => Sums[i * Stride + j];
}

/// <summary>a b + c rounded once, of each element of a register.</summary>
internal interface IFusedLanes<T>
{
    /// <summary>a b + c.</summary>
    static abstract Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}

internal readonly struct FloatLanes : IFusedLanes<float>
{
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}

internal readonly struct DoubleLanes : IFusedLanes<double>
{
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}
