using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The forward pass of a 3x3 convolution by F(2x2, 3x3), and with turned weights the input's gradient: 16 products a tile of 2 x 2 pixels
/// for 36. Fat schedule: a work item transforms the tiles of a strip, or of a few small images, multiplies each frequency by each packed
/// block of output channels, and transforms the products to pixels.
/// </summary>
public static class WinogradForward
{
    private const int InputFloats = 64 * 1024;
    private const int MostTiles = 256;
    private const int LeastTiles = 8;

    // Apart, so that equal places of the frequencies do not compete for the same lines of a cache.
    private const int Gap = 16;

    /// <summary>Cuts images into strips, by the layer's shape alone, and sets the scratch.</summary>
    /// <param name="s">The convolution; receives strips and scratch.</param>
    public static void Cut(ref ConvolutionShape s)
    {
        WinogradTiles.Cut(ref s, Most(s));
        var tiles = TilesTogether(s);
        s.Scratch = PackedWeights.PaddedColumns(s.Out) + WinogradTiles.StripFloats(s)
            + WinogradInput.Frequencies * (tiles * (s.In + Tile.BlockWidth) + 2 * Gap) + Gap;
    }

    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>, added to y if asked for.</summary>
    /// <param name="x">The input, <c>[N, H, W, In]</c>.</param>
    /// <param name="packed">Transformed weights in blocks of columns (see <see cref="WinogradWeights"/>).</param>
    /// <param name="y">Output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sum.</param>
    /// <param name="norm">Where y is the gradient of a normalised input: that input.</param>
    public static void Fat(
        ConvolutionInput x, ArrayView<float> packed, ArrayView<float> y, ArrayView<float> scratch, ConvolutionShape s, Epilogue e,
        ConvolutionInput norm)
    {
        var across = WinogradTiles.Across(s);
        var ofStrip = WinogradTiles.OfStrip(s);
        var most = TilesTogether(s);
        var biases = WorkItem.Index() * s.Scratch;
        var strip = biases + PackedWeights.PaddedColumns(s.Out);
        var v = strip + WinogradTiles.StripFloats(s);
        var vStride = most * s.In + Gap;
        var m = v + WinogradInput.Frequencies * vStride;
        var mStride = most * Tile.BlockWidth + Gap;

        // Fewer images together where work items would be left without any.
        var images = WinogradTiles.Images(s, Most(s));
        var share = s.Batch / WorkItem.Count();
        images = share < 1 ? 1 : images < share ? images : share;
        var tasks = (s.Batch + images - 1) / images * s.Strips;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var first = task / s.Strips * images;
            var count = s.Batch - first < images ? s.Batch - first : images;
            var row0 = task % s.Strips * s.StripRows;
            var lines = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
            var rows = (lines + 1) / 2;
            for (var image = 0; image < count; image++)
            {
                WinogradTiles.Gather(x, scratch, strip, s, first + image, row0, lines);
                for (var row = 0; row < rows; row++)
                {
                    WinogradInput.Transform(
                        scratch, strip + row * 2 * s.Pitch * s.In, s.Pitch * s.In, s.In, across, s.In,
                        scratch, v + (image * ofStrip + row * across) * s.In, s.In, vStride);
                }
            }

            var tiles = (count - 1) * ofStrip + rows * across;
            for (var column = 0; column < s.Out; column += Tile.BlockWidth)
            {
                var columns = s.Out - column < Tile.BlockWidth ? s.Out - column : Tile.BlockWidth;
                var width = columns > 16 ? 32 : 16;
                WinogradProduct.Multiply(
                    scratch, v, vStride, tiles, s.In, packed, WinogradInput.Frequencies * column * s.In, scratch, m, mStride, width);
                for (var image = 0; image < count; image++)
                {
                    if (e.UseBias + e.UseShift != 0)
                    {
                        Biases(scratch, biases, column, columns, (first + image) * s.Out + column, e);
                    }

                    for (var row = 0; row < rows; row++)
                    {
                        var o = (((first + image) * s.Height + row0 + row * 2) * s.Width) * s.Out + column;
                        WinogradOutput.Transform(
                            scratch, m + (image * ofStrip + row * across) * width, width, mStride, s.Width,
                            lines - row * 2 > 1 ? 2 : 1, columns, y, o, s.Width * s.Out, s.Out,
                            scratch, e.UseBias + e.UseShift != 0 ? biases : -1, e.Residual, e.UseResidual != 0 ? o : -1,
                            e.Scale, e.Accumulate);
                    }
                }
            }

            for (var image = first; image < first + count; image++)
            {
                ConvolutionForward.Gather(y, s, image * s.Strips + task % s.Strips, image, row0, lines, e, norm);
            }
        }
    }

    private static void Biases(ArrayView<float> scratch, int biases, int column, int columns, int shiftOffset, Epilogue e)
    {
        for (var j = 0; j < columns; j++)
        {
            scratch[biases + j] = (e.UseBias != 0 ? e.Bias[column + j] : 0f) + (e.UseShift != 0 ? e.Shift[shiftOffset + j] : 0f);
        }
    }

    private static int Most(in ConvolutionShape s)
    {
        var most = InputFloats / (WinogradInput.Frequencies * s.In);
        return most < LeastTiles ? LeastTiles : most > MostTiles ? MostTiles : most;
    }

    private static int TilesTogether(in ConvolutionShape s) => WinogradTiles.Images(s, Most(s)) * WinogradTiles.OfStrip(s);
}
