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
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="packed">Transformed weights in blocks of columns (see <see cref="WinogradWeights"/>).</param>
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
        var across = WinogradTiles.Across(s);
        var ofStrip = WinogradTiles.OfStrip(s);
        var most = TilesTogether(s);
        var biases = Grid.IdxX * s.Scratch;
        var strip = biases + PackedWeights.PaddedColumns(s.Out);
        var v = strip + WinogradTiles.StripFloats(s);
        var vStride = most * s.In + Gap;
        var m = v + WinogradInput.Frequencies * vStride;
        var mStride = most * Tile.BlockWidth + Gap;

        // Fewer images together where work items would be left without any.
        var images = WinogradTiles.Images(s, Most(s));
        var share = s.Batch / Grid.DimX;
        images = share < 1 ? 1 : images < share ? images : share;
        var tasks = (s.Batch + images - 1) / images * s.Strips;
        var last = WorkShare.Start(Grid.IdxX + 1, Grid.DimX, tasks);
        for (var task = WorkShare.Start(Grid.IdxX, Grid.DimX, tasks); task < last; task++)
        {
            var first = task / s.Strips * images;
            var count = s.Batch - first < images ? s.Batch - first : images;
            var row0 = task % s.Strips * s.StripRows;
            var lines = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
            var rows = (lines + 1) / 2;
            for (var image = 0; image < count; image++)
            {
                PaddedStrip.Gather(x, scratch, strip, s, first + image, row0, rows * 2);
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
                        Biases(bias, shift, scratch, biases, column, columns, (first + image) * s.Out + column, e);
                    }

                    for (var row = 0; row < rows; row++)
                    {
                        var o = (((first + image) * s.Height + row0 + row * 2) * s.Width) * s.Out + column;
                        WinogradOutput.Transform(
                            scratch, m + (image * ofStrip + row * across) * width, width, mStride, s.Width,
                            lines - row * 2 > 1 ? 2 : 1, columns, y, o, s.Width * s.Out, s.Out,
                            scratch, e.UseBias + e.UseShift != 0 ? biases : -1, residual, e.UseResidual != 0 ? o : -1,
                            e.Scale, e.Accumulate);
                    }
                }
            }
        }
    }

    private static void Biases(
        ArrayView<float> bias, ArrayView<float> shift, ArrayView<float> scratch, int biases, int column, int columns, int shiftOffset,
        Epilogue e)
    {
        for (var j = 0; j < columns; j++)
        {
            scratch[biases + j] = (e.UseBias != 0 ? bias[column + j] : 0f) + (e.UseShift != 0 ? shift[shiftOffset + j] : 0f);
        }
    }

    private static int Most(in ConvolutionShape s)
    {
        var most = InputFloats / (WinogradInput.Frequencies * s.In);
        return most < LeastTiles ? LeastTiles : most > MostTiles ? MostTiles : most;
    }

    private static int TilesTogether(in ConvolutionShape s) => WinogradTiles.Images(s, Most(s)) * WinogradTiles.OfStrip(s);
}
