using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The gradients of weights and bias of a 3x3 convolution by F(2x2, 3x3): <c>dg = G^T (sum over tiles of V (A dy A^T)) G</c>. Fat
/// schedule: a work item sums over the images of its slice for 64 output channels, and leaves what
/// <see cref="ConvolutionWeightGradient.Reduce"/> adds.
/// </summary>
public static class WinogradWeightGradient
{
    private const int MostTiles = 32;
    private const int BlocksTogether = 2;
    private const int ChannelsTogether = 64;

    // Apart, so that equal places of the frequencies do not compete for the same lines of a cache.
    private const int Gap = 16;

    // Of the sums of even and odd pixels and lines: the sum of a tile's pixels.
    private const int SumFrequency = 5;

    /// <summary>Cuts images into strips, by the layer's shape alone, and sets the scratch.</summary>
    /// <param name="s">The convolution; receives strips and scratch.</param>
    public static void Cut(ref ConvolutionShape s)
    {
        WinogradTiles.Cut(ref s, MostTiles);
        var images = WinogradTiles.Images(s, MostTiles);
        var tiles = images * WinogradTiles.OfStrip(s);
        s.Scratch = images * WinogradTiles.StripFloats(s)
            + WinogradInput.Frequencies
            * (VStride(s, tiles) + (s.Out > 32 ? BlocksTogether : 1) * (ZStride(tiles) + s.In * Tile.BlockWidth)) + Gap;
    }

    /// <summary>Tasks of <see cref="Fat"/>.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>A task for each slice and 64 output channels.</returns>
    public static int Tasks(in ConvolutionShape s) => s.Slices * Groups(s);

    /// <summary>Sums each slice of the images by itself.</summary>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="partial">Receives <c>[slice, block, row, 32]</c>: a row for each weight row, and one for the bias.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    public static void Fat(ConvolutionInput x, ArrayView<float> dy, ArrayView<float> partial, ArrayView<float> scratch, ConvolutionShape s)
    {
        var together = WinogradTiles.Images(s, MostTiles);
        var most = together * WinogradTiles.OfStrip(s);
        var strips = WorkItem.Index() * s.Scratch;
        var v = strips + together * WinogradTiles.StripFloats(s);
        var z = v + WinogradInput.Frequencies * VStride(s, most);
        var du = z + WinogradInput.Frequencies * (s.Out > 32 ? BlocksTogether : 1) * ZStride(most);
        var blocks = (s.Out + 31) / 32;
        var groups = Groups(s);
        var partialSize = (s.Depth + 1) * Tile.BlockWidth;
        var duSize = WinogradInput.Frequencies * s.In * Tile.BlockWidth;
        var tasks = s.Slices * groups;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var slice = task / groups;
            var block = task % groups * BlocksTogether;
            var count = blocks - block < BlocksTogether ? blocks - block : BlocksTogether;
            var sums = (slice * blocks + block) * partialSize;
            var accumulate = 0;
            var end = WorkShare.Start(slice + 1, s.Slices, s.Batch);
            for (var image = WorkShare.Start(slice, s.Slices, s.Batch); image < end; image += together)
            {
                var images = end - image < together ? end - image : together;
                for (var row0 = 0; row0 < s.Height; row0 += s.StripRows)
                {
                    var tiles = Gradients(dy, scratch, z, s, image, images, row0, block, count);
                    for (var b = 0; b < count; b++)
                    {
                        OuterTile.AddRows32(
                            scratch, z + (b * WinogradInput.Frequencies + SumFrequency) * ZStride(most), tiles, partial,
                            sums + b * partialSize + s.Depth * Tile.BlockWidth, accumulate);
                    }

                    Products(x, scratch, strips, v, z, du, s, image, images, row0, tiles, block, count, accumulate);
                    accumulate = 1;
                }
            }

            for (var b = 0; b < count; b++)
            {
                WinogradKernel.Gradient(
                    scratch, du + b * duSize, s.In * Tile.BlockWidth, partial, sums + b * partialSize, s.In * Tile.BlockWidth,
                    s.In * Tile.BlockWidth);
            }
        }
    }

    // Transforms the output's gradient of a strip of each image; the number of tiles.
    private static int Gradients(
        ArrayView<float> dy, ArrayView<float> scratch, int z, ConvolutionShape s, int image, int images, int row0, int block, int blocks)
    {
        var across = WinogradTiles.Across(s);
        var zStride = ZStride(WinogradTiles.Images(s, MostTiles) * WinogradTiles.OfStrip(s));
        var lines = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
        var tile = 0;
        for (var i = 0; i < images; i++)
        {
            for (var line = 0; line < lines; line += 2)
            {
                for (var b = 0; b < blocks; b++)
                {
                    var column = (block + b) * Tile.BlockWidth;
                    WinogradGradient.Transform(
                        dy, ((image + i) * s.Height + row0 + line) * s.Width * s.Out + column, s.Width * s.Out, s.Out, s.Width,
                        lines - line > 1 ? 2 : 1, s.Out - column < Tile.BlockWidth ? s.Out - column : Tile.BlockWidth,
                        scratch, z + b * WinogradInput.Frequencies * zStride + tile * Tile.BlockWidth, zStride);
                }

                tile += across;
            }
        }

        return tile;
    }

    // Transforms the input of a strip of each image, some channels at a time, and adds up the products.
    private static void Products(
        ConvolutionInput x, ArrayView<float> scratch, int strips, int v, int z, int du, ConvolutionShape s, int image, int images, int row0,
        int tiles, int block, int blocks, int accumulate)
    {
        var across = WinogradTiles.Across(s);
        var ofStrip = WinogradTiles.OfStrip(s);
        var stripFloats = WinogradTiles.StripFloats(s);
        var most = WinogradTiles.Images(s, MostTiles) * ofStrip;
        int vStride = VStride(s, most), zStride = ZStride(most);
        var lines = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
        var rows = (lines + 1) / 2;
        for (var i = 0; i < images; i++)
        {
            var strip = strips + i * stripFloats;
            WinogradTiles.Gather(x, scratch, strip, s, image + i, row0, lines);
        }

        for (var channel = 0; channel < s.In; channel += ChannelsTogether)
        {
            var channels = s.In - channel < ChannelsTogether ? s.In - channel : ChannelsTogether;
            for (var i = 0; i < images; i++)
            {
                for (var row = 0; row < rows; row++)
                {
                    WinogradInput.Transform(
                        scratch, strips + i * stripFloats + row * 2 * s.Pitch * s.In + channel, s.Pitch * s.In, s.In, across, channels,
                        scratch, v + (i * rows + row) * across * channels, channels, vStride);
                }
            }

            for (var b = 0; b < blocks; b++)
            {
                WinogradOuter.Accumulate(
                    scratch, v, vStride, channels, tiles, channels, scratch, z + b * WinogradInput.Frequencies * zStride, zStride,
                    scratch, du + (b * WinogradInput.Frequencies * s.In + channel) * Tile.BlockWidth, s.In * Tile.BlockWidth,
                    s.Out - (block + b) * Tile.BlockWidth > 16 ? 32 : 16, accumulate);
            }
        }
    }

    private static int Groups(in ConvolutionShape s) => (s.Out + BlocksTogether * 32 - 1) / (BlocksTogether * 32);

    private static int VStride(in ConvolutionShape s, int tiles) =>
        tiles * (s.In < ChannelsTogether ? s.In : ChannelsTogether) + Gap;

    private static int ZStride(int tiles) => tiles * Tile.BlockWidth + Gap;
}
