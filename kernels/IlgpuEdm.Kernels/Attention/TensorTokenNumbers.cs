using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using static ILGPU.Util.Utilities;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// <see cref="TokenNumbers"/> for scores that warps have as sums of tensor cores: the greatest score m of a query, the factor
/// f = 1 / sum of exponentials, and d = dy . y; of the thread's four rows where they are queries, else read as the columns come.
/// </summary>
internal struct TensorTokenNumbers
{
    /// <summary>The greatest scores.</summary>
    public Float4 Maximum;

    /// <summary>The factors.</summary>
    public Float4 Factor;

    /// <summary>The products of output and gradient.</summary>
    public Float4 Dot;

    /// <summary>Loads the numbers of the thread's rows; zeros where there is none.</summary>
    /// <param name="numbers">m and f of all queries.</param>
    /// <param name="dots">d of all queries.</param>
    /// <param name="start">The group's first query.</param>
    /// <param name="rows">Rows that are there.</param>
    /// <typeparam name="TTask">What is computed.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TensorTokenNumbers Load<TTask>(ArrayView<float> numbers, ArrayView<float> dots, int start, int rows)
        where TTask : struct, ITensorGradientTask
    {
        var row = TensorAttentionTile.Row<TTask>();
        var a = Two(numbers, start + row, row < rows);
        var b = Two(numbers, start + row + 8, row + 8 < rows);
        var c = Two(numbers, start + row + 16, row + 16 < rows);
        var d = Two(numbers, start + row + 24, row + 24 < rows);
        return new TensorTokenNumbers
        {
            Maximum = new Float4(a.X, b.X, c.X, d.X),
            Factor = new Float4(a.Y, b.Y, c.Y, d.Y),
            Dot = new Float4(
                One(dots, start + row, row < rows), One(dots, start + row + 8, row + 8 < rows),
                One(dots, start + row + 16, row + 16 < rows), One(dots, start + row + 24, row + 24 < rows)),
        };
    }

    /// <summary><c>p = exp(scale * (score - m)) * f</c>, 0 where there is no column.</summary>
    /// <param name="scores">The thread's scores.</param>
    /// <param name="rows">The rows' numbers, if they are queries.</param>
    /// <param name="numbers">m and f of all queries.</param>
    /// <param name="start">The token of the tile's first column.</param>
    /// <param name="tokens">Columns that are there.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <typeparam name="TTask">What is computed.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Probabilities<TTask>(
        WarpSums scores, TensorTokenNumbers rows, ArrayView<float> numbers, int start, int tokens, float scale)
        where TTask : struct, ITensorGradientTask
    {
        var token = TensorAttentionTile.Token<TTask>();
        var m = rows.Maximum;
        var f = rows.Factor;
        var c = Columns<TTask>(numbers, start, token, tokens);
        scores.U0 = Probability<TTask>(scores.U0, m.X, m.Y, f.X, f.Y, c, token, tokens, scale);
        scores.L0 = Probability<TTask>(scores.L0, m.Z, m.W, f.Z, f.W, c, token, tokens, scale);
        c = Columns<TTask>(numbers, start, token + 8, tokens);
        scores.U1 = Probability<TTask>(scores.U1, m.X, m.Y, f.X, f.Y, c, token + 8, tokens, scale);
        scores.L1 = Probability<TTask>(scores.L1, m.Z, m.W, f.Z, f.W, c, token + 8, tokens, scale);
        c = Columns<TTask>(numbers, start, token + 16, tokens);
        scores.U2 = Probability<TTask>(scores.U2, m.X, m.Y, f.X, f.Y, c, token + 16, tokens, scale);
        scores.L2 = Probability<TTask>(scores.L2, m.Z, m.W, f.Z, f.W, c, token + 16, tokens, scale);
        c = Columns<TTask>(numbers, start, token + 24, tokens);
        scores.U3 = Probability<TTask>(scores.U3, m.X, m.Y, f.X, f.Y, c, token + 24, tokens, scale);
        scores.L3 = Probability<TTask>(scores.L3, m.Z, m.W, f.Z, f.W, c, token + 24, tokens, scale);
        return scores;
    }

    /// <summary>The gradient of the scores, <c>scale * p * (dp - d)</c>.</summary>
    /// <param name="p">The thread's p.</param>
    /// <param name="dp">The gradient of p.</param>
    /// <param name="rows">The rows' numbers, if they are queries.</param>
    /// <param name="dots">d of all queries.</param>
    /// <param name="start">The token of the tile's first column.</param>
    /// <param name="tokens">Columns that are there.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <typeparam name="TTask">What is computed.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Gradients<TTask>(
        WarpSums p, WarpSums dp, TensorTokenNumbers rows, ArrayView<float> dots, int start, int tokens, float scale)
        where TTask : struct, ITensorGradientTask
    {
        var token = TensorAttentionTile.Token<TTask>();
        var d = rows.Dot;
        var c = Dots<TTask>(dots, start, token, tokens);
        p.U0 = Gradient<TTask>(p.U0, dp.U0, d.X, d.Y, c, scale);
        p.L0 = Gradient<TTask>(p.L0, dp.L0, d.Z, d.W, c, scale);
        c = Dots<TTask>(dots, start, token + 8, tokens);
        p.U1 = Gradient<TTask>(p.U1, dp.U1, d.X, d.Y, c, scale);
        p.L1 = Gradient<TTask>(p.L1, dp.L1, d.Z, d.W, c, scale);
        c = Dots<TTask>(dots, start, token + 16, tokens);
        p.U2 = Gradient<TTask>(p.U2, dp.U2, d.X, d.Y, c, scale);
        p.L2 = Gradient<TTask>(p.L2, dp.L2, d.Z, d.W, c, scale);
        c = Dots<TTask>(dots, start, token + 24, tokens);
        p.U3 = Gradient<TTask>(p.U3, dp.U3, d.X, d.Y, c, scale);
        p.L3 = Gradient<TTask>(p.L3, dp.L3, d.Z, d.W, c, scale);
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Probability<TTask>(
        Float4 scores, float m0, float m1, float f0, float f1, Float4 columns, int token, int tokens, float scale)
        where TTask : struct, ITensorGradientTask
    {
        var maximum = TTask.RowsAreQueries ? new Float4(m0, m0, m1, m1) : new Float4(columns.X, columns.Z, columns.X, columns.Z);
        var factor = TTask.RowsAreQueries ? new Float4(f0, f0, f1, f1) : new Float4(columns.Y, columns.W, columns.Y, columns.W);
        var e = OnlineSoftmax.Factors(scores, maximum, scale);
        var first = token < tokens;
        var second = token + 1 < tokens;
        return new Float4(
            Select(first, factor.X * e.X, 0f), Select(second, factor.Y * e.Y, 0f), Select(first, factor.Z * e.Z, 0f),
            Select(second, factor.W * e.W, 0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Gradient<TTask>(Float4 p, Float4 dp, float d0, float d1, Float2 columns, float scale)
        where TTask : struct, ITensorGradientTask
    {
        var d = TTask.RowsAreQueries ? new Float4(d0, d0, d1, d1) : new Float4(columns.X, columns.Y, columns.X, columns.Y);
        return new Float4(
            scale * p.X * (dp.X - d.X), scale * p.Y * (dp.Y - d.Y), scale * p.Z * (dp.Z - d.Z), scale * p.W * (dp.W - d.W));
    }

    // m and f of two queries, if they are columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Columns<TTask>(ArrayView<float> numbers, int start, int token, int tokens)
        where TTask : struct, ITensorGradientTask
    {
        if (TTask.RowsAreQueries)
        {
            return default;
        }

        var first = Two(numbers, start + token, token < tokens);
        var second = Two(numbers, start + token + 1, token + 1 < tokens);
        return new Float4(first.X, first.Y, second.X, second.Y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float2 Dots<TTask>(ArrayView<float> dots, int start, int token, int tokens)
        where TTask : struct, ITensorGradientTask => TTask.RowsAreQueries
            ? default
            : new Float2(One(dots, start + token, token < tokens), One(dots, start + token + 1, token + 1 < tokens));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float2 Two(ArrayView<float> numbers, int query, bool inside)
    {
        var two = Float32.Load2(numbers, Select(inside, 2 * query, 0));
        return new Float2(Select(inside, two.X, 0f), Select(inside, two.Y, 0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One(ArrayView<float> dots, int query, bool inside)
    {
        var value = dots[Select(inside, query, 0)];
        return Select(inside, value, 0f);
    }
}
