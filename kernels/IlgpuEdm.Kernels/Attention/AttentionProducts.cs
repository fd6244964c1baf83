using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>The parts that attention and its gradient are made of: products tile by tile, and right sides packed for them.</summary>
internal static class AttentionProducts
{
    /// <summary>Packs rows as a right side, <c>[block of 32 channels][row][32]</c>.</summary>
    public static void Pack(ArrayView<float> source, int offset, int stride, int rows, int depth, ArrayView<float> scratch, int target)
    {
        for (var column = 0; column < depth; column += MatrixTile.Width)
        {
            var valid = depth - column < MatrixTile.Width ? depth - column : MatrixTile.Width;
            Rows.Pack(source, offset + column, stride, rows, valid, scratch, target + column * rows, MatrixTile.Width);
        }
    }

    /// <summary>Packs rows as a transposed right side, <c>[block of 32 rows][channel][32]</c>.</summary>
    public static void PackTransposed(
        ArrayView<float> source, int offset, int stride, int rows, int depth, ArrayView<float> scratch, int target)
    {
        for (var row = 0; row < rows; row += MatrixTile.Width)
        {
            var valid = rows - row < MatrixTile.Width ? rows - row : MatrixTile.Width;
            Rows.PackTransposed(
                source, offset + row * stride, stride, depth, valid, scratch, target + row * depth, MatrixTile.Width);
        }
    }

    /// <summary>A product of rows with a packed right side.</summary>
    /// <param name="a">Holds the left side.</param>
    /// <param name="aOffset">Where it starts.</param>
    /// <param name="aRow">From a row to the next.</param>
    /// <param name="aStep">From a float of a row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="b">Holds the right side, blocks of 32 columns.</param>
    /// <param name="bOffset">Where it starts.</param>
    /// <param name="c">Receives the result.</param>
    /// <param name="cOffset">Where it starts.</param>
    /// <param name="cRow">From a row to the next.</param>
    /// <param name="columns">Columns to write.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    public static void Multiply(
        ArrayView<float> a, int aOffset, int aRow, int aStep, int rows, int depth, ArrayView<float> b, int bOffset,
        ArrayView<float> c, int cOffset, int cRow, int columns, int accumulate)
    {
        for (var column = 0; column < columns; column += MatrixTile.Width)
        {
            var valid = columns - column < MatrixTile.Width ? columns - column : MatrixTile.Width;
            for (var row = 0; row < rows; row += MatrixTile.RowCount)
            {
                var count = rows - row < MatrixTile.RowCount ? rows - row : MatrixTile.RowCount;
                var at = cOffset + row * cRow + column;
                MatrixTile.Multiply(
                    a, aOffset + row * aRow, aRow, aStep, count, depth, b, bOffset + column * depth, MatrixTile.Width,
                    c, at, cRow, valid, c, accumulate != 0 ? at : -1, cRow);
            }
        }
    }
}
