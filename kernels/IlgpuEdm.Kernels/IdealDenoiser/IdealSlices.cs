using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.IdealDenoiser;

/// <summary>
/// What each slice of a data set adds to the ideal denoiser (Karras et al. 2022, appendix B.3, equation 57). Fat schedule: a task is a
/// slice, whose images stay in the second cache while all queries' distances are taken and their weighted sums made.
/// </summary>
public static partial class IdealSlices
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="queries">Noisy images.</param>
    /// <returns>The weights of a slice.</returns>
    public static int ScratchSize(int queries) => queries * IdealShape.SliceRows;

    /// <summary>Computes numbers and parts of all slices.</summary>
    /// <param name="queries">Noisy images, <c>[queries, stride]</c>.</param>
    /// <param name="images">The chunk, <c>[rows, stride]</c>.</param>
    /// <param name="numbers">Receives the slices' numbers but the last of the four.</param>
    /// <param name="parts">Receives the slices' parts.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The step.</param>
    public static void Fat(
        ArrayView<float> queries, ArrayView<float> images, ArrayView<float> numbers, ArrayView<float> parts, ArrayView<float> scratch,
        IdealShape s)
    {
        var weights = WorkItem.Index() * s.Queries * IdealShape.SliceRows;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), s.Slices);
        for (var slice = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), s.Slices); slice < last; slice++)
        {
            var first = slice * IdealShape.SliceRows * s.Stride;
            var rows = s.RowsOf(slice);
            SquaredDistances.Compute(
                queries, 0, s.Queries, images, first, rows, s.Stride, scratch, weights, IdealShape.SliceRows);
            for (var query = 0; query < s.Queries; query++)
            {
                SquaredDistances.Weigh(
                    scratch, weights + query * IdealShape.SliceRows, rows, s.Scale,
                    numbers, (query * s.Slices + slice) * IdealShape.Numbers);
            }

            for (var column = 0; column < s.Stride; column += MatrixTile.Width)
            {
                for (var query = 0; query < s.Queries; query += MatrixTile.RowCount)
                {
                    var count = s.Queries - query < MatrixTile.RowCount ? s.Queries - query : MatrixTile.RowCount;
                    MatrixTile.Multiply(
                        scratch, weights + query * IdealShape.SliceRows, IdealShape.SliceRows, 1, count, rows,
                        images, first + column, s.Stride, parts, (slice * s.Queries + query) * s.Stride + column, s.Stride,
                        MatrixTile.Width, parts, -1, 0);
                }
            }
        }
    }
}
