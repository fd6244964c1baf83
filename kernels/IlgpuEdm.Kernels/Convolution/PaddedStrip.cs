using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>A strip of image rows in a work item's scratch, with the border of zeros that a 3x3 kernel reads.</summary>
internal static class PaddedStrip
{
    /// <summary>Copies rows <c>row0 - 1</c> to <c>row0 + rows</c> of an image into scratch, <c>[rows + 2, W + 2, In]</c>.</summary>
    public static void Gather(
        ArrayView<float> x, ArrayView<float> scratch, int strip, ConvolutionShape s, int image, int row0, int rows)
    {
        for (var r = 0; r < rows + 2; r++)
        {
            var row = row0 + r - 1;
            var line = strip + r * s.Pitch * s.In;
            if (row < 0 || row >= s.Height)
            {
                Rows.Fill(scratch, line, s.Pitch * s.In, 0f);
            }
            else
            {
                Rows.Fill(scratch, line, s.In, 0f);
                Rows.Copy(x, (image * s.Height + row) * s.Width * s.In, scratch, line + s.In, s.Width * s.In);
                Rows.Fill(scratch, line + (s.Width + 1) * s.In, s.In, 0f);
            }
        }
    }
}
