using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// A thread's part of the result on tensor cores: four rows, and of each 32 of its warp's channels eight: those at 4t and 16 + 4t, and
/// three behind each, as <see cref="IMatrixFormat.Pair"/> deals out the columns.
/// </summary>
internal struct TensorSums
{
    /// <summary>The warp's first 32 channels.</summary>
    public WarpSums First;

    /// <summary>The following 32, if it has as many.</summary>
    public WarpSums Second;

    /// <summary>Multiplies each row by its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TensorSums Scale<TTile>(Float4 factors, TensorSums sums)
        where TTile : struct, ITensorAttentionTile
    {
        sums.First = Scale(factors, sums.First);
        if (TTile.Pieces == 2)
        {
            sums.Second = Scale(factors, sums.Second);
        }

        return sums;
    }

    /// <summary>Writes or adds to the group's rows.</summary>
    /// <param name="sums">The thread's part.</param>
    /// <param name="view">The tensor.</param>
    /// <param name="start">The first channel of the group's first row.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Rows that are there.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="accumulate">0 to overwrite, else what is there is added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStorage, TTile>(
        TensorSums sums, ArrayView<float> view, int start, int stride, int rows, int depth, int accumulate)
        where TStorage : struct, IStorage
        where TTile : struct, ITensorAttentionTile
    {
        var row = TensorAttentionTile.Row<TTile>();
        var channel = 32 * TTile.Pieces * TensorAttentionTile.WarpColumn<TTile>() + 4 * (Group.IdxX & 3);
        start += row * stride;
        rows -= row;
        Store<TStorage>(sums.First, view, start, stride, rows, channel, depth, accumulate);
        if (TTile.Pieces == 2)
        {
            Store<TStorage>(sums.Second, view, start, stride, rows, channel + 32, depth, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TStorage>(
        WarpSums sums, ArrayView<float> view, int start, int stride, int rows, int channel, int depth, int accumulate)
        where TStorage : struct, IStorage
    {
        Rows<TStorage>(sums.U0, sums.U1, view, start, stride, rows, channel, depth, accumulate);
        Rows<TStorage>(sums.U2, sums.U3, view, start, stride, rows, channel + 16, depth, accumulate);
        start += 16 * stride;
        Rows<TStorage>(sums.L0, sums.L1, view, start, stride, rows - 16, channel, depth, accumulate);
        Rows<TStorage>(sums.L2, sums.L3, view, start, stride, rows - 16, channel + 16, depth, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows<TStorage>(
        Float4 p, Float4 q, ArrayView<float> view, int start, int stride, int rows, int channel, int depth, int accumulate)
        where TStorage : struct, IStorage
    {
        Four<TStorage>(new Float4(p.X, q.X, p.Y, q.Y), view, start + channel, rows > 0 && channel < depth, accumulate);
        Four<TStorage>(new Float4(p.Z, q.Z, p.W, q.W), view, start + 8 * stride + channel, rows > 8 && channel < depth, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TStorage>(Float4 value, ArrayView<float> view, int place, bool inside, int accumulate)
        where TStorage : struct, IStorage
    {
        if (!inside)
        {
            return;
        }

        if (accumulate != 0)
        {
            value = Primitives.Four.Add(TStorage.Load4(view, place), value);
        }

        TStorage.Store4(view, place, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpSums Scale(Float4 f, WarpSums s) => new()
    {
        U0 = Scale(f.X, f.Y, s.U0),
        U1 = Scale(f.X, f.Y, s.U1),
        U2 = Scale(f.X, f.Y, s.U2),
        U3 = Scale(f.X, f.Y, s.U3),
        L0 = Scale(f.Z, f.W, s.L0),
        L1 = Scale(f.Z, f.W, s.L1),
        L2 = Scale(f.Z, f.W, s.L2),
        L3 = Scale(f.Z, f.W, s.L3),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Scale(float first, float second, Float4 part) =>
        new(first * part.X, first * part.Y, second * part.Z, second * part.W);
}
