using ILGPU;
using IlgpuEdm.Kernels.Normalization;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A strip of image rows in a work item's scratch, joined and normalised, with the border of zeros that a 3x3 kernel reads.
/// </summary>
internal static class InputStrip
{
    /// <summary>Whether the input can be read where it lies.</summary>
    public static bool InPlace(in ConvolutionInput x, in ConvolutionShape s) =>
        s.Kernel == 1 && x.Mode == ConvolutionInput.Plain && x.FirstChannels == s.In;

    /// <summary>
    /// Copies rows <c>row0</c> to <c>row0 + rows - 1</c> of an image and their border into scratch, <c>[rows + 2 b, W + 2 b, In]</c> with
    /// b = 1 for a 3x3 kernel, else 0.
    /// </summary>
    public static void Gather(ConvolutionInput x, ArrayView<float> scratch, int strip, ConvolutionShape s, int image, int row0, int rows)
    {
        var border = s.Kernel / 2;
        var first = row0 - border < 0 ? 0 : row0 - border;
        var end = row0 + rows + border > s.Height ? s.Height : row0 + rows + border;
        var line = s.Pitch * s.In;
        if (first > row0 - border)
        {
            Rows.Fill(scratch, strip, line, 0f);
        }

        if (end < row0 + rows + border)
        {
            Rows.Fill(scratch, strip + (rows + 1) * line, line, 0f);
        }

        var to = strip + (first - row0 + border) * line;
        var pixel = (image * s.Height + first) * s.Width;
        var table = image * GroupNormForward.CoefficientRows * s.In;
        Lines.Gather(
            x.First, pixel * x.FirstChannels, end - first, s.Width, x.FirstChannels, x.Table, table, table + s.In, x.Mode,
            scratch, to, s.In, border);
        var second = s.In - x.FirstChannels;
        if (second > 0)
        {
            table += x.FirstChannels;
            Lines.Gather(
                x.Second, pixel * second, end - first, s.Width, second, x.Table, table, table + s.In, x.Mode,
                scratch, to + x.FirstChannels, s.In, border);
        }
    }
}
