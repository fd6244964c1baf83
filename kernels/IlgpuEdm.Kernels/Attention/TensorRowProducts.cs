using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// Products of a group's rows with those of a tile on tensor cores, both of channels that lie side by side: scores, and the gradient of the
/// probabilities. Chunks of 16 words of all rows lie in shared memory as they lie in the tensor, the next one on its way; since the
/// sum goes along the channels, those of a row are the words of a left as of a right side.
/// </summary>
internal static class TensorRowProducts
{
    private const int RowWords = TensorAttentionTile.RowWords;
    private const int StageWords = TensorAttentionTile.BothRows * RowWords;

    /// <summary>Computes the products; the group's threads meet in it before it first writes to shared memory.</summary>
    /// <param name="loader">Before the first chunk.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="ring">Shared memory of two chunks.</param>
    /// <returns>The products of the thread's rows and tokens.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Compute<TTile, TFormat>(TensorRowLoader loader, int depth, ArrayView<Float4> ring)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        const int chunk = TensorAttentionTile.Chunk;
        var lane = Group.IdxX & 31;
        var left = TensorAttentionTile.Row<TTile>() * RowWords + (lane & 3);
        var token = TensorAttentionTile.Rows<TTile>() + 32 * TensorAttentionTile.WarpColumn<TTile>() + (lane >> 2);
        var right = token * RowWords + (lane & 3);
        var steps = (depth + chunk * TFormat.Numbers - 1) / (chunk * TFormat.Numbers);
        WarpSums sums = default;
        Group.Barrier();
        loader.Copy<TTile>(ring, 0);
        AsyncCopy.Commit();
        for (var step = 0; step < steps; step++)
        {
            AsyncCopy.Wait(0);
            Group.Barrier();
            var at = step & 1;
            if (step + 1 < steps)
            {
                loader.Copy<TTile>(ring, 1 - at);
            }

            AsyncCopy.Commit();
            var l = ring.Cast<uint>().SubView(at * StageWords + left);
            var r = ring.Cast<uint>().SubView(at * StageWords + right);
            sums = TFormat.Multiply(Left<TFormat>(l, 0), Right<TFormat>(r, 0), sums);
            sums = TFormat.Multiply(Left<TFormat>(l, 8), Right<TFormat>(r, 8), sums);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpLeft Left<TFormat>(ArrayView<uint> l, int o)
        where TFormat : struct, IMatrixFormat => new()
        {
            Upper = Words<TFormat>(l, o),
            Lower = Words<TFormat>(l, o + 16 * RowWords),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt4 Words<TFormat>(ArrayView<uint> l, int o)
        where TFormat : struct, IMatrixFormat => new(
            TFormat.Prepare(l[o]), TFormat.Prepare(l[o + 8 * RowWords]), TFormat.Prepare(l[o + 4]),
            TFormat.Prepare(l[o + 8 * RowWords + 4]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpRight Right<TFormat>(ArrayView<uint> r, int o)
        where TFormat : struct, IMatrixFormat => new()
        {
            B0 = Column<TFormat>(r, o),
            B1 = Column<TFormat>(r, o + 8 * RowWords),
            B2 = Column<TFormat>(r, o + 16 * RowWords),
            B3 = Column<TFormat>(r, o + 24 * RowWords),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt2 Column<TFormat>(ArrayView<uint> r, int o)
        where TFormat : struct, IMatrixFormat => new(TFormat.Prepare(r[o]), TFormat.Prepare(r[o + 4]));
}
