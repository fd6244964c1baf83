using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// Weights in the order in which a tile reads them: blocks of 32 output columns, <c>[block][depth][32]</c>, the last one 16 wide if that is
/// enough, filled up with zeros. Depth runs over kernel y, kernel x and input channel.
/// </summary>
public static class PackedWeights
{
    private const int Chunk = 32;

    /// <summary>Columns with those that fill the last block.</summary>
    /// <param name="columns">Columns that exist.</param>
    /// <returns>The next multiple of 16.</returns>
    public static int PaddedColumns(int columns) => (columns + 15) / 16 * 16;

    /// <summary>Tasks of the packing kernels.</summary>
    /// <param name="depth">Rows of a block.</param>
    /// <param name="columns">Output columns.</param>
    /// <returns>A task for every 32 rows of each block.</returns>
    public static int Tasks(int depth, int columns) => (columns + 31) / 32 * ((depth + Chunk - 1) / Chunk);

    /// <summary>Packs weights <c>[kernel y, kernel x, In, Out]</c> for the forward pass.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Receives the blocks.</param>
    /// <param name="s">The convolution.</param>
    public static void Forward(ArrayView<float> weights, ArrayView<float> packed, ConvolutionShape s)
    {
        var depth = s.Depth;
        var chunks = (depth + Chunk - 1) / Chunk;
        var tasks = Tasks(depth, s.Out);
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task / chunks * 32;
            var row = task % chunks * Chunk;
            var rows = depth - row < Chunk ? depth - row : Chunk;
            var valid = s.Out - column < 32 ? s.Out - column : 32;
            var width = valid > 16 ? 32 : 16;
            Rows.Pack(weights, row * s.Out + column, s.Out, rows, valid, packed, column * depth + row * width, width);
        }
    }

    /// <summary>
    /// Packs weights <c>[kernel y, kernel x, Out, In]</c> turned by half a revolution and with input and output exchanged: convolving the
    /// output's gradient with them gives the input's gradient. <c>In</c> and <c>Out</c> are those of that convolution.
    /// </summary>
    /// <param name="weights">The weights of the forward pass.</param>
    /// <param name="packed">Receives the blocks.</param>
    /// <param name="s">The convolution of the gradient.</param>
    public static void Backward(ArrayView<float> weights, ArrayView<float> packed, ConvolutionShape s)
    {
        var taps = s.Kernel * s.Kernel;
        var blocks = (s.Out + 31) / 32;
        var tasks = blocks * taps;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task / taps * 32;
            var tap = task % taps;
            var valid = s.Out - column < 32 ? s.Out - column : 32;
            var width = valid > 16 ? 32 : 16;
            Rows.PackTransposed(
                weights, ((taps - 1 - tap) * s.Out + column) * s.In, s.In, s.In, valid, packed,
                column * s.Depth + tap * s.In * width, width);
        }
    }
}
