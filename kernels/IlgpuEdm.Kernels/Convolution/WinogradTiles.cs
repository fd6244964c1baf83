using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// How F(2x2, 3x3) cuts images into tiles of 2 x 2 output pixels: a strip is a few whole rows of tiles of an image, and images that are one
/// strip are taken a few at a time. The tiles' numbers, and the order of their sums, do not depend on how they are taken.
/// </summary>
public static class WinogradTiles
{
    /// <summary>Tiles in a row; the last one of an odd width is half outside.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>W / 2, rounded up.</returns>
    public static int Across(in ConvolutionShape s) => (s.Width + 1) / 2;

    /// <summary>Tiles of a strip.</summary>
    /// <param name="s">The convolution, cut into strips.</param>
    /// <returns>The count in the highest strip.</returns>
    public static int OfStrip(in ConvolutionShape s) => (s.StripRows + 1) / 2 * Across(s);

    /// <summary>Images taken together, at most.</summary>
    /// <param name="s">The convolution, cut into strips.</param>
    /// <param name="most">Tiles wanted together.</param>
    /// <returns>At least 1.</returns>
    public static int Images(in ConvolutionShape s, int most) => s.Strips > 1 || OfStrip(s) > most ? 1 : most / OfStrip(s);

    /// <summary>Floats of a strip's pixels with the border, and one pixel more for the last tile of an odd width.</summary>
    /// <param name="s">The convolution, cut into strips.</param>
    /// <returns>The count.</returns>
    public static int StripFloats(in ConvolutionShape s) => (((s.StripRows + 1) / 2 * 2 + 2) * s.Pitch + 1) * s.In;

    /// <summary>Cuts images into strips of whole rows of tiles.</summary>
    /// <param name="s">The convolution; receives rows and number of strips.</param>
    /// <param name="most">Tiles wanted in a strip.</param>
    public static void Cut(ref ConvolutionShape s, int most)
    {
        var rows = (s.Height + 1) / 2;
        var strip = most / Across(s);
        strip = strip < 1 ? 1 : strip > rows ? rows : strip;
        s.Strips = (rows + strip - 1) / strip;
        s.StripRows = (rows + s.Strips - 1) / s.Strips * 2;
        s.StripRows = s.StripRows < s.Height ? s.StripRows : s.Height;
        s.Strips = (s.Height + s.StripRows - 1) / s.StripRows;
    }

    /// <summary>Gathers a strip and fills up its tiles with zeros.</summary>
    internal static void Gather(
        ConvolutionInput x, ArrayView<float> scratch, int strip, ConvolutionShape s, int image, int row0, int lines)
    {
        InputStrip.Gather(x, scratch, strip, s, image, row0, lines);
        var line = s.Pitch * s.In;
        Rows.Fill(scratch, strip + (lines + 2) * line, lines % 2 * line + s.In, 0f);
    }
}
