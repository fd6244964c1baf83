using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using static ILGPU.Util.Utilities;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// A softmax of rows whose scores come tile by tile: of each row the greatest score so far, and the sum of exponentials of what the
/// scores lie below it. When a greater one comes, everything before is scaled down.
/// </summary>
internal struct OnlineSoftmax
{
    // Below every score, and far enough from the smallest number that differences stay finite.
    private const float Lowest = -1e38f;

    /// <summary>The greatest score of each of the thread's rows, the same for all threads of a row.</summary>
    public Float4 Maximum;

    /// <summary>The sums of the thread's own columns.</summary>
    public Float4 Sum;

    /// <summary>Before the first tile.</summary>
    public static OnlineSoftmax Start => new() { Maximum = new Float4(Lowest, Lowest, Lowest, Lowest) };

    /// <summary>The greatest scores of the group's rows, with a tile's.</summary>
    /// <param name="scores">The thread's scores.</param>
    /// <param name="tokens">Columns of the tile that are there.</param>
    /// <param name="maximum">The greatest before.</param>
    /// <param name="shared">Shared memory that nobody reads any more, nor after this returns.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Maxima<TTile>(ScoreBlock scores, int tokens, Float4 maximum, ArrayView<Float4> shared)
        where TTile : struct, IAttentionTile
    {
        var column = AttentionThread.Column();
        maximum = Maxima(scores.B0, column, tokens, maximum);
        if (TTile.ColumnBlocks == 2)
        {
            maximum = Maxima(scores.B1, column + 64, tokens, maximum);
        }

        shared[column * AttentionTile.WeightStride + AttentionThread.Row()] = maximum;
        Group.Barrier();
        for (var i = 0; i < 16; i++)
        {
            var other = shared[i * AttentionTile.WeightStride + AttentionThread.Row()];
            maximum = new Float4(
                Max(maximum.X, other.X), Max(maximum.Y, other.Y), Max(maximum.Z, other.Z), Max(maximum.W, other.W));
        }

        Group.Barrier();
        return maximum;
    }

    /// <summary>
    /// <c>exp(scale * (score - maximum))</c> of each row; of an earlier maximum, what sums that were gathered under it are still worth.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Factors(Float4 scores, Float4 maximum, float scale) => new(
        FloatMath.Exp((scores.X - maximum.X) * scale), FloatMath.Exp((scores.Y - maximum.Y) * scale),
        FloatMath.Exp((scores.Z - maximum.Z) * scale), FloatMath.Exp((scores.W - maximum.W) * scale));

    /// <summary>
    /// Replaces the thread's scores by <c>exp(scale * (score - maximum))</c>, and those of columns that are not there by 0. Scores wait
    /// in shared memory for it, so that the exponential function stands in a loop.
    /// </summary>
    /// <param name="own">The thread's scores.</param>
    /// <param name="column">The first of its columns.</param>
    /// <param name="tokens">Columns that are there.</param>
    /// <param name="maximum">The greatest score of each row.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="sums">The rows' sums so far.</param>
    /// <returns>The sums.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Exponentials(ArrayView<Float4> own, int column, int tokens, Float4 maximum, float scale, Float4 sums)
    {
        for (var j = 0; j < 4; j++)
        {
            var e = Factors(own[WeightedRows.ColumnStride * j], maximum, scale);
            e = AttentionThread.Where(column + 16 * j < tokens, e);
            own[WeightedRows.ColumnStride * j] = e;
            sums = new Float4(sums.X + e.X, sums.Y + e.Y, sums.Z + e.Z, sums.W + e.W);
        }

        return sums;
    }

    /// <summary>The sums of all threads of the thread's rows, in their order.</summary>
    /// <param name="sums">The thread's own.</param>
    /// <param name="shared">Shared memory that nobody reads any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Total(Float4 sums, ArrayView<Float4> shared)
    {
        shared[AttentionThread.Column() * AttentionTile.WeightStride + AttentionThread.Row()] = sums;
        Group.Barrier();
        var total = shared[AttentionThread.Row()];
        for (var i = 1; i < 16; i++)
        {
            var other = shared[i * AttentionTile.WeightStride + AttentionThread.Row()];
            total = new Float4(total.X + other.X, total.Y + other.Y, total.Z + other.Z, total.W + other.W);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Maxima(Block4x4 scores, int column, int tokens, Float4 maximum) => new(
        Maximum4(scores.R0, column, tokens, maximum.X), Maximum4(scores.R1, column, tokens, maximum.Y),
        Maximum4(scores.R2, column, tokens, maximum.Z), Maximum4(scores.R3, column, tokens, maximum.W));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum4(Float4 scores, int column, int tokens, float maximum)
    {
        maximum = Max(maximum, Select(column < tokens, scores.X, Lowest));
        maximum = Max(maximum, Select(column + 16 < tokens, scores.Y, Lowest));
        maximum = Max(maximum, Select(column + 32 < tokens, scores.Z, Lowest));
        return Max(maximum, Select(column + 48 < tokens, scores.W, Lowest));
    }

    // What is not a number is never greater.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(float a, float b) => Select(b > a, b, a);
}
