using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

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

    /// <summary>What sums that were gathered under a smaller maximum are worth under a greater one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Factors(Float4 before, Float4 now, float scale) => new(
        FloatMath.Exp((before.X - now.X) * scale), FloatMath.Exp((before.Y - now.Y) * scale),
        FloatMath.Exp((before.Z - now.Z) * scale), FloatMath.Exp((before.W - now.W) * scale));

    /// <summary><c>exp(scale * (score - maximum))</c> of a block of columns; 0 for those that are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block4x4 Exponentials(Block4x4 scores, int column, int tokens, Float4 maximum, float scale) => new()
    {
        R0 = Exponentials(scores.R0, column, tokens, maximum.X, scale),
        R1 = Exponentials(scores.R1, column, tokens, maximum.Y, scale),
        R2 = Exponentials(scores.R2, column, tokens, maximum.Z, scale),
        R3 = Exponentials(scores.R3, column, tokens, maximum.W, scale),
    };

    /// <summary>Adds each row of a block to the row's sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 AddRows(Block4x4 block, Float4 sums) => new(
        sums.X + block.R0.X + block.R0.Y + block.R0.Z + block.R0.W,
        sums.Y + block.R1.X + block.R1.Y + block.R1.Z + block.R1.W,
        sums.Z + block.R2.X + block.R2.Y + block.R2.Z + block.R2.W,
        sums.W + block.R3.X + block.R3.Y + block.R3.Z + block.R3.W);

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
    private static Float4 Exponentials(Float4 scores, int column, int tokens, float maximum, float scale)
    {
        var x = FloatMath.Exp((scores.X - maximum) * scale);
        var y = FloatMath.Exp((scores.Y - maximum) * scale);
        var z = FloatMath.Exp((scores.Z - maximum) * scale);
        var w = FloatMath.Exp((scores.W - maximum) * scale);
        return new Float4(
            column < tokens ? x : 0f, column + 16 < tokens ? y : 0f, column + 32 < tokens ? z : 0f, column + 48 < tokens ? w : 0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Maxima(Block4x4 scores, int column, int tokens, Float4 maximum) => new(
        Maximum4(scores.R0, column, tokens, maximum.X), Maximum4(scores.R1, column, tokens, maximum.Y),
        Maximum4(scores.R2, column, tokens, maximum.Z), Maximum4(scores.R3, column, tokens, maximum.W));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Maximum4(Float4 scores, int column, int tokens, float maximum)
    {
        maximum = Max(maximum, column < tokens ? scores.X : Lowest);
        maximum = Max(maximum, column + 16 < tokens ? scores.Y : Lowest);
        maximum = Max(maximum, column + 32 < tokens ? scores.Z : Lowest);
        return Max(maximum, column + 48 < tokens ? scores.W : Lowest);
    }

    // What is not a number is never greater.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Max(float a, float b) => b > a ? b : a;
}
