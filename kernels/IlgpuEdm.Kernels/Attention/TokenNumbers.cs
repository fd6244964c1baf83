using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// What the gradient knows of four queries: the greatest score m, the factor f = 1 / sum of exponentials, and d = dy . y. Queries are the rows
/// of a thread's block or its columns.
/// </summary>
internal struct TokenNumbers
{
    /// <summary>The greatest scores.</summary>
    public Float4 Maximum;

    /// <summary>The factors.</summary>
    public Float4 Factor;

    /// <summary>The products of output and gradient.</summary>
    public Float4 Dot;

    /// <summary>Loads the numbers of four queries; zeros where there is none.</summary>
    /// <param name="numbers">m and f of all queries.</param>
    /// <param name="dots">d of all queries.</param>
    /// <param name="start">The query that counts as the first.</param>
    /// <param name="query">The first of the four, counted from there.</param>
    /// <param name="step">From one to the next.</param>
    /// <param name="queries">Queries that are there, counted likewise.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TokenNumbers Load(ArrayView<float> numbers, ArrayView<float> dots, int start, int query, int step, int queries)
    {
        TokenNumbers result = default;
        if (query < queries)
        {
            result.Maximum.X = numbers[2 * (start + query)];
            result.Factor.X = numbers[2 * (start + query) + 1];
            result.Dot.X = dots[start + query];
        }

        query += step;
        if (query < queries)
        {
            result.Maximum.Y = numbers[2 * (start + query)];
            result.Factor.Y = numbers[2 * (start + query) + 1];
            result.Dot.Y = dots[start + query];
        }

        query += step;
        if (query < queries)
        {
            result.Maximum.Z = numbers[2 * (start + query)];
            result.Factor.Z = numbers[2 * (start + query) + 1];
            result.Dot.Z = dots[start + query];
        }

        query += step;
        if (query < queries)
        {
            result.Maximum.W = numbers[2 * (start + query)];
            result.Factor.W = numbers[2 * (start + query) + 1];
            result.Dot.W = dots[start + query];
        }

        return result;
    }

    /// <summary><c>p = exp(scale * (score - m)) * f</c> where queries are rows; 0 for columns that are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 ProbabilitiesByRow(Block4x4 scores, TokenNumbers rows, int column, int tokens, float scale)
    {
        var e = OnlineSoftmax.Exponentials(scores, column, tokens, rows.Maximum, scale);
        return new Block4x4
        {
            R0 = Scale(rows.Factor.X, e.R0),
            R1 = Scale(rows.Factor.Y, e.R1),
            R2 = Scale(rows.Factor.Z, e.R2),
            R3 = Scale(rows.Factor.W, e.R3),
        };
    }

    /// <summary>The same where queries are columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 ProbabilitiesByColumn(Block4x4 scores, TokenNumbers columns, int column, int tokens, float scale) => new()
    {
        R0 = Probabilities(scores.R0, columns, column, tokens, scale),
        R1 = Probabilities(scores.R1, columns, column, tokens, scale),
        R2 = Probabilities(scores.R2, columns, column, tokens, scale),
        R3 = Probabilities(scores.R3, columns, column, tokens, scale),
    };

    /// <summary><c>scale * p * (dp - d)</c> where queries are rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 GradientByRow(Block4x4 p, Block4x4 dp, TokenNumbers rows, float scale) => new()
    {
        R0 = Gradient(p.R0, dp.R0, new Float4(rows.Dot.X, rows.Dot.X, rows.Dot.X, rows.Dot.X), scale),
        R1 = Gradient(p.R1, dp.R1, new Float4(rows.Dot.Y, rows.Dot.Y, rows.Dot.Y, rows.Dot.Y), scale),
        R2 = Gradient(p.R2, dp.R2, new Float4(rows.Dot.Z, rows.Dot.Z, rows.Dot.Z, rows.Dot.Z), scale),
        R3 = Gradient(p.R3, dp.R3, new Float4(rows.Dot.W, rows.Dot.W, rows.Dot.W, rows.Dot.W), scale),
    };

    /// <summary>The same where queries are columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 GradientByColumn(Block4x4 p, Block4x4 dp, TokenNumbers columns, float scale) => new()
    {
        R0 = Gradient(p.R0, dp.R0, columns.Dot, scale),
        R1 = Gradient(p.R1, dp.R1, columns.Dot, scale),
        R2 = Gradient(p.R2, dp.R2, columns.Dot, scale),
        R3 = Gradient(p.R3, dp.R3, columns.Dot, scale),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Probabilities(Float4 scores, TokenNumbers columns, int column, int tokens, float scale)
    {
        var x = FloatMath.Exp((scores.X - columns.Maximum.X) * scale) * columns.Factor.X;
        var y = FloatMath.Exp((scores.Y - columns.Maximum.Y) * scale) * columns.Factor.Y;
        var z = FloatMath.Exp((scores.Z - columns.Maximum.Z) * scale) * columns.Factor.Z;
        var w = FloatMath.Exp((scores.W - columns.Maximum.W) * scale) * columns.Factor.W;
        return new Float4(
            column < tokens ? x : 0f, column + 16 < tokens ? y : 0f, column + 32 < tokens ? z : 0f, column + 48 < tokens ? w : 0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Gradient(Float4 p, Float4 dp, Float4 dot, float scale) => new(
        scale * p.X * (dp.X - dot.X), scale * p.Y * (dp.Y - dot.Y), scale * p.Z * (dp.Z - dot.Z), scale * p.W * (dp.W - dot.W));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Scale(float factor, Float4 row) => new(factor * row.X, factor * row.Y, factor * row.Z, factor * row.W);
}
