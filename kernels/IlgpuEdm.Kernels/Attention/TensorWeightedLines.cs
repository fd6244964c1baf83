using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// Sums of a tile's tokens with a weight each for every row of the group, on tensor cores. The weights go through shared memory, from warps
/// that have them as sums to warps that want them as left sides, rounded to the words' numbers: all at once as words of two numbers,
/// else one half of the tokens after the other. The tokens' channels are lines along the sum, and come in chunks through a ring of three.
/// </summary>
internal static class TensorWeightedLines
{
    private const int Stages = 3;

    /// <summary>Starts the first chunks; the ring must not be read any more.</summary>
    /// <param name="lines">The tokens' channels.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="ring">Shared memory of three chunks.</param>
    /// <returns>What loads the following.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TensorLineLoader Start<TTile, TFormat>(TensorRows lines, int depth, ArrayView<Float4> ring)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var loader = new TensorLineLoader(lines, depth);
        loader.Copy<TTile, TFormat>(ring, 0);
        loader.Copy<TTile, TFormat>(ring, 1);
        return loader;
    }

    /// <summary>Adds the sums; the group's threads meet in it before it first writes to the shared memory of weights.</summary>
    /// <param name="own">The thread's weights; zeros where there is no token.</param>
    /// <param name="weights">Shared memory of weights.</param>
    /// <param name="loader">What loads the lines.</param>
    /// <param name="ring">Shared memory of three chunks.</param>
    /// <param name="tokens">Tokens that are there.</param>
    /// <param name="sums">What is added to.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TensorSums Add<TTile, TFormat>(
        WarpSums own, ArrayView<Float4> weights, TensorLineLoader loader, ArrayView<Float4> ring, int tokens, TensorSums sums)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var lane = Group.IdxX & 31;
        var passTokens = TensorAttentionTile.Tokens<TTile>() / 2 * TFormat.Numbers;
        var chunkTokens = TTile.LineWords * TFormat.Numbers;
        var left = TensorAttentionTile.Row<TTile>() * TensorAttentionTile.WeightWords<TTile>() + (lane & 3);
        var right = (lane & 3) * (TTile.Columns + 8)
            + (32 * TTile.Pieces * TensorAttentionTile.WarpColumn<TTile>() + 2 * (lane >> 2)) / TFormat.Numbers;
        tokens = tokens < TensorAttentionTile.Tokens<TTile>() ? tokens : TensorAttentionTile.Tokens<TTile>();
        var at = 0;
        for (var pass = 0; pass * passTokens < tokens; pass++)
        {
            Group.Barrier();
            Put<TTile, TFormat>(own, weights, pass * passTokens, passTokens);
            var rest = tokens - pass * passTokens;
            var steps = ((rest < passTokens ? rest : passTokens) + chunkTokens - 1) / chunkTokens;
            for (var step = 0; step < steps; step++)
            {
                AsyncCopy.Wait(Stages - 2);
                Group.Barrier();
                loader.Copy<TTile, TFormat>(ring, at == 0 ? Stages - 1 : at - 1);
                var l = weights.Cast<uint>().SubView(left + step * TTile.LineWords);
                var r = at * TTile.LineWords * (TTile.Columns + 8) + right;
                var a = Left<TTile>(l, 0);
                sums.First = TFormat.Multiply(a, Right<TTile, TFormat>(ring, r, 0), sums.First);
                if (TTile.Pieces == 2)
                {
                    sums.Second = TFormat.Multiply(a, Right<TTile, TFormat>(ring, r, 32 / TFormat.Numbers), sums.Second);
                }

                if (TTile.LineWords == 16)
                {
                    a = Left<TTile>(l, 8);
                    sums.First = TFormat.Multiply(a, Right<TTile, TFormat>(ring, r, 8 * (TTile.Columns + 8)), sums.First);
                }

                at = at == Stages - 1 ? 0 : at + 1;
            }
        }

        // What was started beyond the last token must not land in memory that serves again.
        AsyncCopy.Wait(0);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TTile, TFormat>(WarpSums own, ArrayView<Float4> weights, int first, int count)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var token = TensorAttentionTile.Token<TTile>() - first;
        if (token < 0 || token >= count)
        {
            return;
        }

        var words = TensorAttentionTile.WeightWords<TTile>();
        var place = TensorAttentionTile.Row<TTile>() * words + token / TFormat.Numbers;
        Rows<TFormat>(weights, place, 8 * words, own.U0, own.U1, own.U2, own.U3);
        Rows<TFormat>(weights, place + 16 * words, 8 * words, own.L0, own.L1, own.L2, own.L3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows<TFormat>(ArrayView<Float4> weights, int place, int next, Float4 p, Float4 q, Float4 u, Float4 v)
        where TFormat : struct, IMatrixFormat
    {
        Pair<TFormat>(weights, place, 0, p.X, p.Y);
        Pair<TFormat>(weights, place, 8 / TFormat.Numbers, q.X, q.Y);
        Pair<TFormat>(weights, place, 16 / TFormat.Numbers, u.X, u.Y);
        Pair<TFormat>(weights, place, 24 / TFormat.Numbers, v.X, v.Y);
        Pair<TFormat>(weights, place, next, p.Z, p.W);
        Pair<TFormat>(weights, place, next + 8 / TFormat.Numbers, q.Z, q.W);
        Pair<TFormat>(weights, place, next + 16 / TFormat.Numbers, u.Z, u.W);
        Pair<TFormat>(weights, place, next + 24 / TFormat.Numbers, v.Z, v.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TFormat>(ArrayView<Float4> weights, int place, int offset, float first, float second)
        where TFormat : struct, IMatrixFormat
    {
        if (TFormat.Numbers == 1)
        {
            weights.Cast<UInt2>().SubView(place >> 1)[offset >> 1] = new UInt2(TensorCore.Round(first), TensorCore.Round(second));
        }
        else
        {
            weights.Cast<uint>().SubView(place)[offset] = BFloat16.Pack(first, second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpLeft Left<TTile>(ArrayView<uint> l, int o)
        where TTile : struct, ITensorAttentionTile
    {
        var next = 8 * TensorAttentionTile.WeightWords<TTile>();
        return new WarpLeft
        {
            Upper = new UInt4(l[o], l[o + next], l[o + 4], l[o + next + 4]),
            Lower = new UInt4(l[o + 2 * next], l[o + 3 * next], l[o + 2 * next + 4], l[o + 3 * next + 4]),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WarpRight Right<TTile, TFormat>(ArrayView<Float4> ring, int base0, int o)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var next = o + 4 * (TTile.Columns + 8);
        var p = TFormat.Pair<TTile>(ring, base0, o);
        var q = TFormat.Pair<TTile>(ring, base0, next);
        var u = TFormat.Pair<TTile>(ring, base0, o + 16 / TFormat.Numbers);
        var v = TFormat.Pair<TTile>(ring, base0, next + 16 / TFormat.Numbers);
        return new WarpRight { B0 = new UInt2(p.X, q.X), B1 = new UInt2(p.Y, q.Y), B2 = new UInt2(u.X, v.X), B3 = new UInt2(u.Y, v.Y) };
    }
}

/// <summary>What a thread of <see cref="TensorWeightedLines"/> copies: 16 bytes of one or two lines of each chunk.</summary>
/// <param name="lines">The tokens' channels.</param>
/// <param name="depth">Channels.</param>
internal struct TensorLineLoader(TensorRows lines, int depth)
{
    private readonly TensorRows _lines = lines;
    private readonly int _depth = depth;
    private int _line;

    /// <summary>Copies this thread's part of a chunk as one batch, and goes on to the next.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="stage">Which chunk of it.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    public void Copy<TTile, TFormat>(ArrayView<Float4> ring, int stage)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var numbers = 4 * TFormat.Numbers;
        var vectors = TTile.Columns / numbers;
        var stride = (TTile.Columns + 8) / numbers;
        var line = Group.IdxX / vectors;
        var to = stage * TTile.LineWords * (TTile.Columns + 8) / 4 + line * stride + Group.IdxX % vectors;
        var channel = Group.IdxX % vectors * numbers;
        Line(ring, to, _line + line, channel, numbers);
        if (TTile.LineWords * TTile.Columns == 2048)
        {
            Line(ring, to + 256 / vectors * stride, _line + line + 256 / vectors, channel, numbers);
        }

        _line += TTile.LineWords * TFormat.Numbers;
        AsyncCopy.Commit();
    }

    private readonly void Line(ArrayView<Float4> ring, int to, int line, int channel, int numbers)
    {
        var from = channel < _depth ? _lines.Place(line, channel, numbers) : -1;
        AsyncCopy.Start(ring, to, _lines.View, from >= 0 ? from : 0, from >= 0 ? 1 : 0);
    }
}
