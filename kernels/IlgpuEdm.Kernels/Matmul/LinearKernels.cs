using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Matmul;

/// <summary>
/// A linear layer and its gradients. Fat schedule: a task is a block of 32 columns of the result and a part of its rows. Sides are read
/// where they lie, but for a block that is not full, and for the weights where they must be transposed: these are packed in scratch.
/// </summary>
public static class LinearKernels
{
    // The one of which the gradient of the bias is a product; room for it that leaves what follows aligned.
    private const int OneSize = 16;

    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The layer.</param>
    /// <returns>A packed block of any side.</returns>
    public static int ScratchSize(in LinearShape s)
    {
        var depth = s.In > s.Out ? s.In : s.Out;
        return OneSize + MatrixTile.Width * (depth > s.Rows ? depth : s.Rows);
    }

    /// <summary>Computes y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="bias">A float a column, read if there is a bias.</param>
    /// <param name="y">Receives the output.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The layer.</param>
    public static void Forward(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> scratch, LinearShape s)
    {
        var packed = WorkItem.Index() * s.Scratch;
        var tasks = LinearShape.Blocks(s.Out) * s.Parts;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task / s.Parts * MatrixTile.Width;
            var part = task % s.Parts;
            var end = PartStart(part + 1, s.Parts, s.Rows);
            var columns = s.Out - column < MatrixTile.Width ? s.Out - column : MatrixTile.Width;
            var whole = columns == MatrixTile.Width;
            if (!whole)
            {
                Rows.Pack(weight, column, s.Out, s.In, columns, scratch, packed, MatrixTile.Width);
            }

            var b = whole ? weight : scratch;
            var bOffset = whole ? column : packed;
            var bRow = whole ? s.Out : MatrixTile.Width;
            for (var row = PartStart(part, s.Parts, s.Rows); row < end; row += MatrixTile.RowCount)
            {
                MatrixTile.Multiply(
                    x, row * s.In, s.In, 1, TileRows(row, end), s.In, b, bOffset, bRow,
                    y, row * s.Out + column, s.Out, columns, bias, s.UseBias != 0 ? column : -1, 0);
            }
        }
    }

    /// <summary>Adds to the gradients of weights and bias and computes that of x, as far as they are wanted.</summary>
    /// <param name="x">The input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="dWeight">Is added the gradient of the weights, <c>x^T dy</c>.</param>
    /// <param name="dBias">Is added the gradient of the bias, the sum of the rows of dy.</param>
    /// <param name="dx">Receives the gradient of x, <c>dy w^T</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The layer.</param>
    public static void Backward(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> dWeight, ArrayView<float> dBias,
        ArrayView<float> dx, ArrayView<float> scratch, LinearShape s)
    {
        if (s.UseWeight != 0 || s.UseBias != 0)
        {
            ParameterGradients(x, dy, dWeight, dBias, scratch, s);
        }

        if (s.UseInput != 0)
        {
            InputGradient(dy, weight, dx, scratch, s);
        }
    }

    private static void ParameterGradients(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dWeight, ArrayView<float> dBias, ArrayView<float> scratch, LinearShape s)
    {
        var one = WorkItem.Index() * s.Scratch;
        var packed = one + OneSize;
        scratch[one] = 1f;
        var tasks = LinearShape.Blocks(s.Out) * s.Parts;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task / s.Parts * MatrixTile.Width;
            var part = task % s.Parts;
            var columns = s.Out - column < MatrixTile.Width ? s.Out - column : MatrixTile.Width;
            var whole = columns == MatrixTile.Width;
            if (!whole)
            {
                Rows.Pack(dy, column, s.Out, s.Rows, columns, scratch, packed, MatrixTile.Width);
            }

            var b = whole ? dy : scratch;
            var bOffset = whole ? column : packed;
            var bRow = whole ? s.Out : MatrixTile.Width;
            if (part == 0 && s.UseBias != 0)
            {
                MatrixTile.Multiply(
                    scratch, one, 0, 0, 1, s.Rows, b, bOffset, bRow, dBias, column, 0, columns, dBias, column, 0);
            }

            if (s.UseWeight != 0)
            {
                var end = PartStart(part + 1, s.Parts, s.In);
                for (var row = PartStart(part, s.Parts, s.In); row < end; row += MatrixTile.RowCount)
                {
                    var at = row * s.Out + column;
                    MatrixTile.Multiply(
                        x, row, 1, s.In, TileRows(row, end), s.Rows, b, bOffset, bRow,
                        dWeight, at, s.Out, columns, dWeight, at, s.Out);
                }
            }
        }
    }

    private static void InputGradient(
        ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> dx, ArrayView<float> scratch, LinearShape s)
    {
        var packed = WorkItem.Index() * s.Scratch + OneSize;
        var tasks = LinearShape.Blocks(s.In);
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task * MatrixTile.Width;
            var columns = s.In - column < MatrixTile.Width ? s.In - column : MatrixTile.Width;
            Rows.PackTransposed(weight, column * s.Out, s.Out, s.Out, columns, scratch, packed, MatrixTile.Width);
            for (var row = 0; row < s.Rows; row += MatrixTile.RowCount)
            {
                var at = row * s.In + column;
                MatrixTile.Multiply(
                    dy, row * s.Out, s.Out, 1, TileRows(row, s.Rows), s.Out, scratch, packed, MatrixTile.Width,
                    dx, at, s.In, columns, dx, s.UseInput == 2 ? at : -1, s.In);
            }
        }
    }

    // Parts end where tiles end.
    private static int PartStart(int part, int parts, int rows)
    {
        var start = WorkShare.Start(part, parts, (rows + MatrixTile.RowCount - 1) / MatrixTile.RowCount) * MatrixTile.RowCount;
        return start < rows ? start : rows;
    }

    private static int TileRows(int row, int end) => end - row < MatrixTile.RowCount ? end - row : MatrixTile.RowCount;
}
