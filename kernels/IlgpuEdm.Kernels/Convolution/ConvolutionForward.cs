using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The forward pass, and with turned weights the input's gradient. Fat schedule: a work item takes strips of an image's rows; for a 3x3
/// kernel it copies the strip with a border of zeros into its scratch, so that the three taps of a line and all channels are one
/// contiguous run; then every 8 pixels meet every packed block of output channels in a tile.
/// </summary>
public static class ConvolutionForward
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>The padded strip, a row of biases and a tile.</returns>
    public static int ScratchSize(in ConvolutionShape s) =>
        TileSize + PackedWeights.PaddedColumns(s.Out) + (s.Kernel == 1 ? 0 : (s.StripRows + 2) * s.Pitch * s.In) + Slack;

    private const int TileSize = Tile.RowCount * Tile.BlockWidth;
    private const int Slack = 16;

    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>, added to y if asked for.</summary>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="packed">Weights in blocks of columns (see <see cref="PackedWeights"/>).</param>
    /// <param name="bias">One float an output channel; read if asked for.</param>
    /// <param name="shift">One float an image and channel, <c>[N, Out]</c>; read if asked for.</param>
    /// <param name="residual">Laid out as y; read if asked for.</param>
    /// <param name="y">Output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sum.</param>
    public static void Fat(
        ArrayView<float> x, ArrayView<float> packed, ArrayView<float> bias, ArrayView<float> shift, ArrayView<float> residual,
        ArrayView<float> y, ArrayView<float> scratch, ConvolutionShape s, Epilogue e)
    {
        var tile = WorkItem.Index() * s.Scratch;
        var biases = tile + TileSize;
        var strip = biases + PackedWeights.PaddedColumns(s.Out);
        var tasks = s.Batch * s.Strips;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Strips;
            var row0 = task % s.Strips * s.StripRows;
            var rows = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
            Biases(bias, shift, scratch, biases, s.Out, image * s.Out, e);
            if (s.Kernel == 1)
            {
                Strip(x, (image * s.Height + row0) * s.Width * s.In, packed, residual, y, scratch, s, image, row0, rows, tile, biases, e);
            }
            else
            {
                PaddedStrip.Gather(x, scratch, strip, s, image, row0, rows);
                Strip(scratch, strip, packed, residual, y, scratch, s, image, row0, rows, tile, biases, e);
            }
        }
    }

    private static void Strip(
        ArrayView<float> x, int xOffset, ArrayView<float> packed, ArrayView<float> residual, ArrayView<float> y, ArrayView<float> scratch,
        ConvolutionShape s, int image, int row0, int rows, int tile, int biases, Epilogue e)
    {
        var pixels = rows * s.Width;
        var yOffset = (image * s.Height + row0) * s.Width * s.Out;
        var segment = s.Kernel * s.In;
        for (var column = 0; column < s.Out; column += Tile.BlockWidth)
        {
            var columns = s.Out - column < Tile.BlockWidth ? s.Out - column : Tile.BlockWidth;
            var width = columns > 16 ? 32 : 16;
            for (var p = 0; p < pixels; p += Tile.RowCount)
            {
                var count = pixels - p < Tile.RowCount ? pixels - p : Tile.RowCount;
                var line = p / s.Width;
                var px = p - line * s.Width;
                var offset = xOffset + (line * s.Pitch + px) * s.In;
                if (width == 32)
                {
                    Tile.Multiply32(
                        x, offset, px, s.Width, s.In, (s.Pitch - s.Width) * s.In, count, s.Kernel, s.Pitch * s.In, segment,
                        packed, column * s.Depth, scratch, tile);
                }
                else
                {
                    Tile.Multiply16(
                        x, offset, px, s.Width, s.In, (s.Pitch - s.Width) * s.In, count, s.Kernel, s.Pitch * s.In, segment,
                        packed, column * s.Depth, scratch, tile);
                }

                var o = yOffset + p * s.Out + column;
                Rows.StoreTile(
                    scratch, tile, width, count, columns, y, o, s.Out, scratch, e.UseBias + e.UseShift != 0 ? biases + column : -1,
                    residual, e.UseResidual != 0 ? o : -1, 1f, e.Scale, e.Accumulate);
            }
        }
    }

    private static void Biases(
        ArrayView<float> bias, ArrayView<float> shift, ArrayView<float> scratch, int biases, int channels, int shiftOffset,
        Epilogue e)
    {
        if (e.UseBias != 0)
        {
            Rows.Copy(bias, 0, scratch, biases, channels);
        }
        else if (e.UseShift != 0)
        {
            Rows.Fill(scratch, biases, channels, 0f);
        }

        if (e.UseShift != 0)
        {
            for (var i = 0; i < channels; i++)
            {
                scratch[biases + i] += shift[shiftOffset + i];
            }
        }
    }
}
