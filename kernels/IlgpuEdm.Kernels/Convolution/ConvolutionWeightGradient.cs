using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The gradients of weights and bias. Fat schedule: a work item sums, over the images of its slice, the outer products of input pixels
/// with up to 64 channels of the output's gradient; a second kernel adds the slices in order, so the sum never depends on the work items.
/// </summary>
public static partial class ConvolutionWeightGradient
{
    // Blocks of 32 output channels for which a strip of the input is gathered once.
    private const int TaskBlocks = 2;
    private const int Chunk = 16;

    /// <summary>Rows of a slice's partial sums: one a weight row and one for the bias.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>kernel * kernel * In + 1.</returns>
    public static int PartialRows(in ConvolutionShape s) => s.Depth + 1;

    /// <summary>Blocks of 32 output channels.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>The count.</returns>
    public static int Blocks(in ConvolutionShape s) => (s.Out + 31) / 32;

    /// <summary>Tasks of the sums.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>One a slice and two blocks.</returns>
    public static int Tasks(in ConvolutionShape s) => s.Slices * ((Blocks(s) + TaskBlocks - 1) / TaskBlocks);

    /// <summary>Floats of scratch that each row of a strip needs, and its border as often as there is one.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>Those of the row's input and of its packed gradient.</returns>
    public static int RowScratch(in ConvolutionShape s) => s.Pitch * s.In + s.Width * PackedColumns(s);

    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>The padded strip of the input and the packed strip of the gradient.</returns>
    public static int ScratchSize(in ConvolutionShape s) =>
        s.StripRows * s.Width * PackedColumns(s) + (s.StripRows + 2 * s.Border) * s.Pitch * s.In + 16;

    /// <summary>Tasks of the reduction.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>A task for every 16 rows of each block.</returns>
    public static int ReduceTasks(in ConvolutionShape s) => Blocks(s) * ((PartialRows(s) + Chunk - 1) / Chunk);

    private static int PackedColumns(in ConvolutionShape s) => 32 * (s.Out > 32 ? TaskBlocks : 1);

    /// <summary>Sums each slice of the images by itself.</summary>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="partial">Receives <c>[slice, block, row, 32]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    public static void Fat(
        ConvolutionInput x, ArrayView<float> dy, ArrayView<float> partial, ArrayView<float> scratch, ConvolutionShape s)
    {
        var packed = WorkItem.Index() * s.Scratch;
        var strip = packed + s.StripRows * s.Width * PackedColumns(s);
        var blocks = Blocks(s);
        var groups = (blocks + TaskBlocks - 1) / TaskBlocks;
        var partialSize = (s.Depth + 1) * 32;
        var inPlace = InputStrip.InPlace(x, s);
        var tasks = s.Slices * groups;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var slice = task / groups;
            var firstBlock = task % groups * TaskBlocks;
            var endBlock = firstBlock + TaskBlocks < blocks ? firstBlock + TaskBlocks : blocks;
            var accumulate = 0;
            var end = WorkShare.Start(slice + 1, s.Slices, s.Batch);
            for (var image = WorkShare.Start(slice, s.Slices, s.Batch); image < end; image++)
            {
                for (var row0 = 0; row0 < s.Height; row0 += s.StripRows)
                {
                    var rows = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
                    var first = (image * s.Height + row0) * s.Width;
                    if (!inPlace)
                    {
                        InputStrip.Gather(x, scratch, strip, s, image, row0, rows);
                    }

                    for (var block = firstBlock; block < endBlock; block++)
                    {
                        var columns = s.Out - block * 32 < 32 ? s.Out - block * 32 : 32;
                        var right = packed + (block - firstBlock) * rows * s.Width * 32;
                        var sums = (slice * blocks + block) * partialSize;
                        Rows.Pack(dy, first * s.Out + block * 32, s.Out, rows * s.Width, columns, scratch, right, 32);
                        if (inPlace)
                        {
                            Strip(x.First, first * s.In, scratch, right, partial, sums, s, rows, columns, accumulate);
                        }
                        else
                        {
                            Strip(scratch, strip, scratch, right, partial, sums, s, rows, columns, accumulate);
                        }
                    }

                    accumulate = 1;
                }
            }
        }
    }

    private static void Strip(
        ArrayView<float> x, int xOffset, ArrayView<float> scratch, int packed, ArrayView<float> partial, int partialOffset,
        ConvolutionShape s, int rows, int columns, int accumulate)
    {
        var run = s.Kernel * s.In;
        for (var ky = 0; ky < s.Kernel; ky++)
        {
            var left = xOffset + ky * s.Pitch * s.In;
            var sums = partialOffset + ky * run * 32;
            if (columns <= 16)
            {
                for (var i = 0; i < run; i += OuterTile.HalfRows)
                {
                    OuterTile.Accumulate16(
                        x, left + i, rows, s.Pitch * s.In, s.Width, s.In, scratch, packed, partial, sums + i * 32,
                        run - i < OuterTile.HalfRows ? run - i : OuterTile.HalfRows, accumulate);
                }
            }
            else
            {
                for (var i = 0; i < run; i += Tile.RowCount)
                {
                    OuterTile.Accumulate32(
                        x, left + i, rows, s.Pitch * s.In, s.Width, s.In, scratch, packed, partial, sums + i * 32,
                        run - i < Tile.RowCount ? run - i : Tile.RowCount, accumulate);
                }
            }
        }

        OuterTile.AddRows32(scratch, packed, rows * s.Width, partial, partialOffset + s.Depth * 32, accumulate);
    }

    /// <summary>Adds the slices, in order, to the gradients of weights and bias.</summary>
    /// <param name="partial">What <see cref="Fat"/> made.</param>
    /// <param name="weights">Gradient of the weights, <c>[kernel y, kernel x, In, Out]</c>, added to.</param>
    /// <param name="bias">Gradient of the bias, <c>[Out]</c>, added to.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="useBias">0 where there is no bias.</param>
    /// <param name="scale">Factor of the sums.</param>
    public static void Reduce(
        ArrayView<float> partial, ArrayView<float> weights, ArrayView<float> bias, ConvolutionShape s, int useBias, float scale)
    {
        var partialRows = s.Depth + 1;
        var blocks = (s.Out + 31) / 32;
        var chunks = (partialRows + Chunk - 1) / Chunk;
        var tasks = blocks * chunks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var block = task / chunks;
            var row = task % chunks * Chunk;
            var columns = s.Out - block * 32 < 32 ? s.Out - block * 32 : 32;
            var from = (block * partialRows + row) * 32;
            var sliceStride = blocks * partialRows * 32;
            for (var r = 0; r < Chunk && row + r < partialRows; r++)
            {
                if (row + r < s.Depth)
                {
                    OuterTile.AddSlices(
                        partial, from + r * 32, sliceStride, s.Slices, weights, (row + r) * s.Out + block * 32, columns, scale);
                }
                else if (useBias != 0)
                {
                    OuterTile.AddSlices(partial, from + r * 32, sliceStride, s.Slices, bias, block * 32, columns, scale);
                }
            }
        }
    }
}
