using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The right side of a product, a matrix whose rows are the depth: each thread takes four columns of one row or two from memory to a
/// chunk in shared memory, as they lie.
/// </summary>
public static class RightSide
{
    /// <summary>The row of a chunk that the thread takes; beyond a chunk it takes none. If it takes two, the other is 8 rows on.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row<TTile>()
        where TTile : struct, IProductTile => (int)((uint)Group.IdxX / (uint)(TTile.Columns / 4));

    /// <summary>The vector of a row that the thread takes.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The vector.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Vector<TTile>()
        where TTile : struct, IProductTile => Group.IdxX & (TTile.Columns / 4 - 1);

    /// <summary>The place of the thread in a chunk in shared memory.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>A vector of the chunk.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Place<TTile>()
        where TTile : struct, IProductTile => Takes<TTile>() ? Row<TTile>() * TileProduct.RightStride<TTile>() + Vector<TTile>() : 0;

    /// <summary>Takes the thread's share of a chunk from memory.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TStorage">How they are stored.</typeparam>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The chunk's first row.</param>
    /// <param name="rows">Rows that are read; beyond, there are zeros.</param>
    /// <param name="column">The thread's first column.</param>
    /// <param name="columns">Columns of the matrix; beyond, there are zeros.</param>
    /// <returns>One vector or two.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair Load<TTile, TStorage>(ArrayView<float> matrix, int row, int rows, int column, int columns)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        VectorPair pair = default;
        pair.First = Four<TTile, TStorage>(matrix, row + Row<TTile>(), Takes<TTile>() ? rows : 0, column, columns);
        if (TTile.Columns == 128)
        {
            pair.Second = Four<TTile, TStorage>(matrix, row + Row<TTile>() + 8, rows, column, columns);
        }

        return pair;
    }

    /// <summary>Writes the thread's share of a chunk to shared memory.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="chunk">The chunk, from the thread's <see cref="Place"/> on.</param>
    /// <param name="pair">What was taken.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTile>(ArrayView<Float4> chunk, VectorPair pair)
        where TTile : struct, IProductTile
    {
        if (Takes<TTile>())
        {
            chunk[0] = pair.First;
        }

        if (TTile.Columns == 128)
        {
            chunk[8 * TileProduct.RightStride<TTile>()] = pair.Second;
        }
    }

    // Of 32 columns a chunk has work for half of the threads.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Takes<TTile>()
        where TTile : struct, IProductTile => TTile.Columns >= 64 || Row<TTile>() < TileProduct.Chunk;

    // What is not there is read elsewhere and left out: a branch would keep loads from flying together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Four<TTile, TStorage>(ArrayView<float> matrix, int row, int rows, int column, int columns)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        if (TTile.InFours)
        {
            var there = row < rows & column < columns;
            var four = TStorage.Load4(matrix, there ? row * columns + column : 0);
            return new Float4(there ? four.X : 0f, there ? four.Y : 0f, there ? four.Z : 0f, there ? four.W : 0f);
        }

        return new Float4(
            One<TStorage>(matrix, row, rows, column, columns), One<TStorage>(matrix, row, rows, column + 1, columns),
            One<TStorage>(matrix, row, rows, column + 2, columns), One<TStorage>(matrix, row, rows, column + 3, columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One<TStorage>(ArrayView<float> matrix, int row, int rows, int column, int columns)
        where TStorage : struct, IStorage
    {
        var there = row < rows & column < columns;
        var one = TStorage.Load(matrix, there ? row * columns + column : 0);
        return there ? one : 0f;
    }
}

/// <summary>What a thread takes of a chunk of one side: four elements, or twice four.</summary>
public struct VectorPair
{
    /// <summary>The first four.</summary>
    public Float4 First;

    /// <summary>The other four.</summary>
    public Float4 Second;

    /// <summary>Adds what was taken of the right side to sums of columns.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="sums">The sums so far.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 AddTo<TTile>(Float4 sums)
        where TTile : struct, IProductTile
    {
        sums = Four.Add(sums, First);
        return TTile.Columns < 128 ? sums : Four.Add(sums, Second);
    }
}
