using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The forward pass of a convolution of any kernel, stride and padding, with bias and rectifier. Fat schedule: as
/// <see cref="ConvolutionForward.Fat"/>, a work item takes strips of an image's rows; a strip that reads beyond the edges is copied into
/// its scratch with a border of zeros, others are read where they lie. Each row of the kernel is then one contiguous run of a pixel's taps
/// and channels.
/// </summary>
public static partial class GeneralForward
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The convolution, cut into strips.</param>
    /// <returns>A tile and, where there is padding, the padded strip.</returns>
    public static int ScratchSize(in GeneralShape s) => Tile.ScratchSize + (s.InPlace ? 0 : s.RowsRead(s.StripRows) * s.Pitch * s.In);

    /// <summary><c>y = max(conv(x) + bias, floor)</c>.</summary>
    /// <param name="x">The input, <c>[N, H, W, In]</c>.</param>
    /// <param name="packed">Weights in blocks of columns (see <see cref="PackedWeights"/>).</param>
    /// <param name="bias">A float a channel.</param>
    /// <param name="y">The tensor of which channels are written, <c>[N, OutHeight, OutWidth, OutStride]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="floor">0 for a rectifier, negative infinity for none.</param>
    public static void Fat(
        ArrayView<float> x, ArrayView<float> packed, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> scratch, GeneralShape s,
        float floor)
    {
        var tile = WorkItem.Index() * s.Scratch;
        var strip = tile + Tile.ScratchSize;
        var tasks = s.Batch * s.Strips;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Strips;
            var row0 = task % s.Strips * s.StripRows;
            var rows = s.OutHeight - row0 < s.StripRows ? s.OutHeight - row0 : s.StripRows;
            var yOffset = (image * s.OutHeight + row0) * s.OutWidth * s.OutStride + s.OutFirst;
            if (s.InPlace)
            {
                Strip(x, (image * s.Height + row0 * s.Stride) * s.Width * s.In, packed, bias, y, yOffset, scratch, tile, s, rows, floor);
            }
            else
            {
                Gather(x, scratch, strip, s, image, row0 * s.Stride - s.PadY, s.RowsRead(rows));
                Strip(scratch, strip, packed, bias, y, yOffset, scratch, tile, s, rows, floor);
            }
        }
    }

    private static void Strip(
        ArrayView<float> x, int xOffset, ArrayView<float> packed, ArrayView<float> bias, ArrayView<float> y, int yOffset,
        ArrayView<float> scratch, int tile, GeneralShape s, int rows, float floor)
    {
        var line = s.Pitch * s.In;
        for (var column = 0; column < s.Out; column += Tile.BlockWidth)
        {
            var columns = s.Out - column < Tile.BlockWidth ? s.Out - column : Tile.BlockWidth;
            Tile.MultiplyStrip(
                x, xOffset, rows, s.OutWidth, s.Stride * s.In, s.Stride * line, s.KernelHeight, line, s.KernelWidth * s.In,
                packed, column * s.Depth, scratch, tile, y, yOffset + column, s.OutStride, columns, bias, column, floor);
        }
    }

    // Rows of an image from "top" on, which may lie above it, with zeros beyond the edges.
    private static void Gather(ArrayView<float> x, ArrayView<float> scratch, int strip, GeneralShape s, int image, int top, int rows)
    {
        var line = s.Pitch * s.In;
        var first = top < 0 ? 0 : top;
        var end = top + rows > s.Height ? s.Height : top + rows;
        if (first > top)
        {
            Rows.Fill(scratch, strip, (first - top) * line, 0f);
        }

        if (end < top + rows)
        {
            Rows.Fill(scratch, strip + (end - top) * line, (top + rows - end) * line, 0f);
        }

        Lines.Gather(
            x, (image * s.Height + first) * s.Width * s.In, end - first, s.Width, s.In, x, 0, 0, 0,
            scratch, strip + (first - top) * line, s.In, s.PadX);
    }
}
