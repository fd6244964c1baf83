using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using static ILGPU.Util.Utilities;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// What the gradient knows of a thread's four rows where they are queries: the greatest score m, the factor f = 1 / sum of exponentials,
/// and d = dy . y. Where queries are columns, it is read as the columns come.
/// </summary>
internal struct TokenNumbers
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TokenNumbers Load(ArrayView<float> numbers, ArrayView<float> dots, int start, int rows)
    {
        var row = 4 * AttentionThread.Row();
        var query = start + row;
        return new TokenNumbers
        {
            Maximum = new Float4(
                At(numbers, 2 * query, row < rows), At(numbers, 2 * query + 2, row + 1 < rows), At(numbers, 2 * query + 4, row + 2 < rows),
                At(numbers, 2 * query + 6, row + 3 < rows)),
            Factor = new Float4(
                At(numbers, 2 * query + 1, row < rows), At(numbers, 2 * query + 3, row + 1 < rows),
                At(numbers, 2 * query + 5, row + 2 < rows), At(numbers, 2 * query + 7, row + 3 < rows)),
            Dot = new Float4(
                At(dots, query, row < rows), At(dots, query + 1, row + 1 < rows), At(dots, query + 2, row + 2 < rows),
                At(dots, query + 3, row + 3 < rows)),
        };
    }

    /// <summary>
    /// Replaces the thread's scores by <c>p = exp(scale * (score - m)) * f</c>, and those of columns that are not there by 0.
    /// </summary>
    /// <param name="own">The thread's scores, in shared memory.</param>
    /// <param name="rows">The rows' numbers, if they are queries.</param>
    /// <param name="numbers">m and f of all queries.</param>
    /// <param name="start">The token of the tile's first column.</param>
    /// <param name="tokens">Columns that are there.</param>
    /// <param name="scale">Factor of the scores.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Probabilities<TTask>(
        ArrayView<Float4> own, TokenNumbers rows, ArrayView<float> numbers, int start, int tokens, float scale)
        where TTask : struct, IGradientTask
    {
        for (var j = 0; j < 4; j++)
        {
            var column = AttentionThread.Column() + 16 * j;
            var maximum = rows.Maximum;
            var factor = rows.Factor;
            if (!TTask.RowsAreQueries)
            {
                maximum = Same(At(numbers, 2 * (start + column), column < tokens));
                factor = Same(At(numbers, 2 * (start + column) + 1, column < tokens));
            }

            var e = OnlineSoftmax.Factors(own[WeightedRows.ColumnStride * j], maximum, scale);
            own[WeightedRows.ColumnStride * j] = AttentionThread.Where(
                column < tokens, new Float4(factor.X * e.X, factor.Y * e.Y, factor.Z * e.Z, factor.W * e.W));
        }
    }

    /// <summary>Replaces the thread's p by the gradient of the scores, <c>scale * p * (dp - d)</c>.</summary>
    /// <param name="own">The thread's p, in shared memory.</param>
    /// <param name="dp">The gradient of p.</param>
    /// <param name="rows">The rows' numbers, if they are queries.</param>
    /// <param name="dots">d of all queries.</param>
    /// <param name="start">The token of the tile's first column.</param>
    /// <param name="tokens">Columns that are there.</param>
    /// <param name="scale">Factor of the scores.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradients<TTask>(
        ArrayView<Float4> own, Block4x4 dp, TokenNumbers rows, ArrayView<float> dots, int start, int tokens, float scale)
        where TTask : struct, IGradientTask
    {
        Gradient<TTask>(own, 0, new Float4(dp.R0.X, dp.R1.X, dp.R2.X, dp.R3.X), rows, dots, start, tokens, scale);
        Gradient<TTask>(own, 1, new Float4(dp.R0.Y, dp.R1.Y, dp.R2.Y, dp.R3.Y), rows, dots, start, tokens, scale);
        Gradient<TTask>(own, 2, new Float4(dp.R0.Z, dp.R1.Z, dp.R2.Z, dp.R3.Z), rows, dots, start, tokens, scale);
        Gradient<TTask>(own, 3, new Float4(dp.R0.W, dp.R1.W, dp.R2.W, dp.R3.W), rows, dots, start, tokens, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<TTask>(
        ArrayView<Float4> own, int j, Float4 dp, TokenNumbers rows, ArrayView<float> dots, int start, int tokens, float scale)
        where TTask : struct, IGradientTask
    {
        var column = AttentionThread.Column() + 16 * j;
        var dot = TTask.RowsAreQueries ? rows.Dot : Same(At(dots, start + column, column < tokens));
        var p = own[WeightedRows.ColumnStride * j];
        own[WeightedRows.ColumnStride * j] = new Float4(
            scale * p.X * (dp.X - dot.X), scale * p.Y * (dp.Y - dot.Y), scale * p.Z * (dp.Z - dot.Z), scale * p.W * (dp.W - dot.W));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float At(ArrayView<float> numbers, int place, bool inside)
    {
        var value = numbers[Select(inside, place, 0)];
        return Select(inside, value, 0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Same(float value) => new(value, value, value, value);
}
