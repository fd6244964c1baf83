using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Four words that one instruction of 16 bytes loads or stores, or a thread's part of 16 rows of 8 words.</summary>
/// <param name="x">The first: row g, word t.</param>
/// <param name="y">The second: row g + 8, word t.</param>
/// <param name="z">The third: row g, word t + 4.</param>
/// <param name="w">The fourth: row g + 8, word t + 4.</param>
public struct UInt4(uint x, uint y, uint z, uint w)
{
    /// <summary>The first.</summary>
    public uint X = x;

    /// <summary>The second.</summary>
    public uint Y = y;

    /// <summary>The third.</summary>
    public uint Z = z;

    /// <summary>The fourth.</summary>
    public uint W = w;
}

/// <summary>A thread's part of a warp's left side, 32 rows of 8 words.</summary>
public struct WarpLeft
{
    /// <summary>Of rows 0 to 15.</summary>
    public UInt4 Upper;

    /// <summary>Of rows 16 to 31.</summary>
    public UInt4 Lower;
}

/// <summary>A thread's part of a warp's right side, 8 words of 32 columns; each part is words t and t + 4 of a column.</summary>
public struct WarpRight
{
    /// <summary>Of columns 0 to 7.</summary>
    public UInt2 B0;

    /// <summary>Of columns 8 to 15.</summary>
    public UInt2 B1;

    /// <summary>Of columns 16 to 23.</summary>
    public UInt2 B2;

    /// <summary>Of columns 24 to 31.</summary>
    public UInt2 B3;
}

/// <summary>
/// A thread's part of a warp's sums, 32 rows of 32 columns: of each 16 rows and 8 columns those at (g, 2t), (g, 2t + 1), (g + 8, 2t) and
/// (g + 8, 2t + 1).
/// </summary>
public struct WarpSums
{
    /// <summary>Rows 0 to 15, columns 0 to 7.</summary>
    public Float4 U0;

    /// <summary>Rows 0 to 15, columns 8 to 15.</summary>
    public Float4 U1;

    /// <summary>Rows 0 to 15, columns 16 to 23.</summary>
    public Float4 U2;

    /// <summary>Rows 0 to 15, columns 24 to 31.</summary>
    public Float4 U3;

    /// <summary>Rows 16 to 31, columns 0 to 7.</summary>
    public Float4 L0;

    /// <summary>Rows 16 to 31, columns 8 to 15.</summary>
    public Float4 L1;

    /// <summary>Rows 16 to 31, columns 16 to 23.</summary>
    public Float4 L2;

    /// <summary>Rows 16 to 31, columns 24 to 31.</summary>
    public Float4 L3;
}

/// <summary>Lines of numbers in shared memory.</summary>
public interface ILine
{
    /// <summary>Numbers of a line, without its padding.</summary>
    static abstract int Columns { get; }
}

/// <summary>What the words of a product are.</summary>
public interface IMatrixFormat
{
    /// <summary>Numbers of a word.</summary>
    static abstract int Numbers { get; }

    /// <summary>Multiplies a warp's matrices; every thread of the group calls it.</summary>
    /// <param name="left">32 rows.</param>
    /// <param name="right">32 columns.</param>
    /// <param name="sums">What is added to.</param>
    /// <returns>The sums.</returns>
    static abstract WarpSums Multiply(WarpLeft left, WarpRight right, WarpSums sums);

    /// <summary>A word as the product wants it, from one of memory.</summary>
    /// <param name="word">A float, or two numbers of 16 bits.</param>
    /// <returns>The word.</returns>
    static abstract uint Prepare(uint word);

    /// <summary>
    /// Words of two neighbouring columns, from lines of shared memory that follow one another along the sum: a line is a row of words,
    /// padded by 8 numbers.
    /// </summary>
    /// <param name="lines">Shared memory.</param>
    /// <param name="place">The thread's word in it.</param>
    /// <param name="offset">A constant number of words from there.</param>
    /// <typeparam name="TLine">How wide the lines are.</typeparam>
    /// <returns>The words of the first and of the second column.</returns>
    static abstract UInt2 Pair<TLine>(ArrayView<Float4> lines, int place, int offset)
        where TLine : struct, ILine;
}

/// <summary>A word is a float rounded to TF32: its range with 11 significant bits.</summary>
public struct Tf32Format : IMatrixFormat
{
    /// <inheritdoc/>
    public static int Numbers => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Multiply(WarpLeft left, WarpRight right, WarpSums sums) => TensorCore.MultiplyTf32(left, right, sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Prepare(uint word) => TensorCore.Round(Interop.IntAsFloat(word));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt2 Pair<TLine>(ArrayView<Float4> lines, int place, int offset)
        where TLine : struct, ILine
    {
        var words = lines.Cast<UInt2>().SubView(place >> 1)[offset >> 1];
        return new UInt2(Prepare(words.X), Prepare(words.Y));
    }
}

/// <summary>A word is two numbers of bfloat16 that follow one another along the sum.</summary>
public struct BFloat16Format : IMatrixFormat
{
    /// <inheritdoc/>
    public static int Numbers => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums Multiply(WarpLeft left, WarpRight right, WarpSums sums) => TensorCore.MultiplyBFloat16(left, right, sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Prepare(uint word) => word;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt2 Pair<TLine>(ArrayView<Float4> lines, int place, int offset)
        where TLine : struct, ILine
    {
        var words = lines.Cast<uint>().SubView(place);
        var first = words[offset];
        var second = words[offset + (TLine.Columns + 8) / 2];
        return new UInt2((first & 0xFFFFu) | (second << 16), (first >> 16) | (second & 0xFFFF0000u));
    }
}
