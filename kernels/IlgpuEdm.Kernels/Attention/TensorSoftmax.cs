using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using static ILGPU.Util.Utilities;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// <see cref="OnlineSoftmax"/> of scores that warps have as sums of tensor cores: of each of four rows a thread has eight scores, and four
/// threads of each column of warps have the row. What the threads of a row agree on goes through shared memory.
/// </summary>
internal static class TensorSoftmax
{
    /// <summary>Writes the greatest of the thread's scores of each row.</summary>
    /// <param name="scores">The thread's scores.</param>
    /// <param name="tokens">Tokens of the tile that are there.</param>
    /// <param name="maximum">The greatest before.</param>
    /// <param name="shared">Shared memory that nobody reads any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PutMaxima<TTile>(WarpSums scores, int tokens, Float4 maximum, ArrayView<Float4> shared)
        where TTile : struct, ITensorAttentionTile
    {
        var token = TensorAttentionTile.Token<TTile>();
        var upper = new Float2(maximum.X, maximum.Y);
        upper = Maxima(scores.U0, token, tokens, upper);
        upper = Maxima(scores.U1, token + 8, tokens, upper);
        upper = Maxima(scores.U2, token + 16, tokens, upper);
        upper = Maxima(scores.U3, token + 24, tokens, upper);
        var lower = new Float2(maximum.Z, maximum.W);
        lower = Maxima(scores.L0, token, tokens, lower);
        lower = Maxima(scores.L1, token + 8, tokens, lower);
        lower = Maxima(scores.L2, token + 16, tokens, lower);
        lower = Maxima(scores.L3, token + 24, tokens, lower);
        Put<TTile>(new Float4(upper.X, upper.Y, lower.X, lower.Y), shared);
    }

    /// <summary>The greatest of what all threads of each row wrote before a barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Maxima<TTile>(ArrayView<Float4> shared)
        where TTile : struct, ITensorAttentionTile => new(
            Maximum<TTile>(shared, 0), Maximum<TTile>(shared, 8), Maximum<TTile>(shared, 16), Maximum<TTile>(shared, 24));

    /// <summary>Writes a number of each of the thread's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TTile>(Float4 rows, ArrayView<Float4> shared)
        where TTile : struct, ITensorAttentionTile
    {
        var stride = 4 * Stride<TTile>();
        var own = shared.Cast<float>().SubView(
            TensorAttentionTile.Row<TTile>() * stride + 4 * TensorAttentionTile.WarpColumn<TTile>() + (Group.IdxX & 3));
        own[0] = rows.X;
        own[8 * stride] = rows.Y;
        own[16 * stride] = rows.Z;
        own[24 * stride] = rows.W;
    }

    /// <summary>The sums of what all threads of each row wrote before a barrier, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Sums<TTile>(ArrayView<Float4> shared)
        where TTile : struct, ITensorAttentionTile => new(
            Sum<TTile>(shared, 0), Sum<TTile>(shared, 8), Sum<TTile>(shared, 16), Sum<TTile>(shared, 24));

    /// <summary><c>exp(scale * (score - maximum))</c> of the thread's scores, 0 where there is no token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Exponentials<TTile>(WarpSums scores, int tokens, Float4 maximum, float scale)
        where TTile : struct, ITensorAttentionTile
    {
        var token = TensorAttentionTile.Token<TTile>();
        return new WarpSums
        {
            U0 = Exponentials(scores.U0, token, tokens, maximum.X, maximum.Y, scale),
            U1 = Exponentials(scores.U1, token + 8, tokens, maximum.X, maximum.Y, scale),
            U2 = Exponentials(scores.U2, token + 16, tokens, maximum.X, maximum.Y, scale),
            U3 = Exponentials(scores.U3, token + 24, tokens, maximum.X, maximum.Y, scale),
            L0 = Exponentials(scores.L0, token, tokens, maximum.Z, maximum.W, scale),
            L1 = Exponentials(scores.L1, token + 8, tokens, maximum.Z, maximum.W, scale),
            L2 = Exponentials(scores.L2, token + 16, tokens, maximum.Z, maximum.W, scale),
            L3 = Exponentials(scores.L3, token + 24, tokens, maximum.Z, maximum.W, scale),
        };
    }

    /// <summary>The sums of the thread's numbers of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 RowSums(WarpSums p) => new(
        p.U0.X + p.U0.Y + (p.U1.X + p.U1.Y) + (p.U2.X + p.U2.Y + (p.U3.X + p.U3.Y)),
        p.U0.Z + p.U0.W + (p.U1.Z + p.U1.W) + (p.U2.Z + p.U2.W + (p.U3.Z + p.U3.W)),
        p.L0.X + p.L0.Y + (p.L1.X + p.L1.Y) + (p.L2.X + p.L2.Y + (p.L3.X + p.L3.Y)),
        p.L0.Z + p.L0.W + (p.L1.Z + p.L1.W) + (p.L2.Z + p.L2.W + (p.L3.Z + p.L3.W)));

    // From a row's numbers to the next's, in units of four; one more than needed, so that banks are not met twice.
    private static int Stride<TTile>()
        where TTile : struct, ITensorAttentionTile => TensorAttentionTile.WarpColumns<TTile>() + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum<TTile>(ArrayView<Float4> shared, int row)
        where TTile : struct, ITensorAttentionTile
    {
        var rows = shared.SubView((TensorAttentionTile.Row<TTile>() + row) * Stride<TTile>());
        var maximum = Maximum(rows[0]);
        for (var i = 1; i < TensorAttentionTile.WarpColumns<TTile>(); i++)
        {
            maximum = Max(maximum, Maximum(rows[i]));
        }

        return maximum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum<TTile>(ArrayView<Float4> shared, int row)
        where TTile : struct, ITensorAttentionTile
    {
        var rows = shared.SubView((TensorAttentionTile.Row<TTile>() + row) * Stride<TTile>());
        var sum = 0f;
        for (var i = 0; i < TensorAttentionTile.WarpColumns<TTile>(); i++)
        {
            var four = rows[i];
            sum += four.X + four.Y + (four.Z + four.W);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float2 Maxima(Float4 part, int token, int tokens, Float2 maximum)
    {
        var first = token < tokens;
        var second = token + 1 < tokens;
        return new Float2(
            Max(Max(maximum.X, Select(first, part.X, maximum.X)), Select(second, part.Y, maximum.X)),
            Max(Max(maximum.Y, Select(first, part.Z, maximum.Y)), Select(second, part.W, maximum.Y)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum(Float4 four) => Max(Max(four.X, four.Y), Max(four.Z, four.W));

    // What is not a number is never greater; the first is a number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(float a, float b) => Select(b > a, b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Exponentials(Float4 part, int token, int tokens, float first, float second, float scale)
    {
        var e = OnlineSoftmax.Factors(part, new Float4(first, first, second, second), scale);
        return new Float4(
            Select(token < tokens, e.X, 0f), Select(token + 1 < tokens, e.Y, 0f), Select(token < tokens, e.Z, 0f),
            Select(token + 1 < tokens, e.W, 0f));
    }
}
