using ILGPU;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Matmul;

/// <summary>
/// Matrix products for linear layers and attention. Fat schedule: a work item packs b into blocks of 32 columns in its scratch, then
/// takes 8 rows of a at a time; a transposed a is summed as outer products. Each sum runs over the depth in order.
/// </summary>
public static class MatmulKernels
{
    private const int TileSize = Tile.RowCount * Tile.BlockWidth;

    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The products.</param>
    /// <returns>A packed b and a tile.</returns>
    public static int ScratchSize(in MatmulShape s) => TileSize + (s.Columns + 31) / 32 * 32 * s.Depth + 16;

    /// <summary>Computes the products.</summary>
    /// <param name="a">Holds the left sides.</param>
    /// <param name="b">Holds the right sides.</param>
    /// <param name="bias">A float a column, added to each row; read if <paramref name="useBias"/>.</param>
    /// <param name="c">Receives the results.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The products.</param>
    /// <param name="useBias">Not 0 to add the bias.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="accumulate">Not 0 to add to c.</param>
    public static void Fat(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> bias, ArrayView<float> c, ArrayView<float> scratch,
        MatmulShape s, int useBias, float alpha, int accumulate)
    {
        var tile = WorkItem.Index() * s.Scratch;
        var packed = tile + TileSize;
        var tasks = s.Outer * s.Inner * s.RowParts;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        var packedProduct = -1;
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var product = task / s.RowParts;
            var part = task % s.RowParts;
            var outer = product / s.Inner;
            var inner = product % s.Inner;
            var offsetA = s.OffsetA + outer * s.OuterA + inner * s.InnerA;
            var offsetB = s.OffsetB + outer * s.OuterB + inner * s.InnerB;
            var offsetC = s.OffsetC + outer * s.OuterC + inner * s.InnerC;
            if (product != packedProduct)
            {
                PackRight(b, offsetB, scratch, packed, s);
                packedProduct = product;
            }

            var end = WorkShare.Start(part + 1, s.RowParts, s.Rows);
            for (var column = 0; column < s.Columns; column += 32)
            {
                var columns = s.Columns - column < 32 ? s.Columns - column : 32;
                for (var row = WorkShare.Start(part, s.RowParts, s.Rows); row < end; row += Tile.RowCount)
                {
                    var count = end - row < Tile.RowCount ? end - row : Tile.RowCount;
                    if (s.TransposeA != 0)
                    {
                        OuterTile.Accumulate32(
                            a, offsetA + row, 1, 0, s.Depth, s.StrideA, scratch, packed + column * s.Depth, scratch, tile, count, 0);
                    }
                    else
                    {
                        Tile.Multiply32(
                            a, offsetA + row * s.StrideA, 0, s.Rows + Tile.RowCount, s.StrideA, 0, count, 1, 0, s.Depth,
                            scratch, packed + column * s.Depth, scratch, tile);
                    }

                    Rows.StoreTile(
                        scratch, tile, 32, count, columns, c, offsetC + row * s.StrideC + column, s.StrideC,
                        bias, useBias != 0 ? column : -1, c, -1, alpha, 1f, accumulate);
                }
            }
        }
    }

    private static void PackRight(ArrayView<float> b, int offsetB, ArrayView<float> scratch, int packed, MatmulShape s)
    {
        for (var column = 0; column < s.Columns; column += 32)
        {
            var valid = s.Columns - column < 32 ? s.Columns - column : 32;
            if (s.TransposeB != 0)
            {
                Rows.PackTransposed(b, offsetB + column * s.StrideB, s.StrideB, s.Depth, valid, scratch, packed + column * s.Depth, 32);
            }
            else
            {
                Rows.Pack(b, offsetB + column, s.StrideB, s.Depth, valid, scratch, packed + column * s.Depth, 32);
            }
        }
    }
}
