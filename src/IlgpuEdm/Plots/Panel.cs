using ScottPlot;
using SkiaSharp;

namespace IlgpuEdm.Plots;

/// <summary>
/// A plot of a figure, with its size. The usual size fills a phone, so that letters there are about as large as those of a page; wider
/// windows show panels side by side.
/// </summary>
/// <param name="Plot">The plot, made by <see cref="FigureStyle.Plot"/>.</param>
/// <param name="Description">What it shows, in a sentence for those who do not see it.</param>
/// <param name="Width">Width in pixels of a page.</param>
/// <param name="Height">Height in pixels of a page.</param>
public sealed record Panel(Plot Plot, string Description, int Width = Panel.UsualWidth, int Height = Panel.UsualHeight)
{
    /// <summary>Width of most panels.</summary>
    public const int UsualWidth = 440;

    /// <summary>Height of most panels.</summary>
    public const int UsualHeight = 320;

    /// <summary>The panel as a PNG.</summary>
    /// <param name="scale">Pixels of the picture for each of its size; 2 is sharp on most screens.</param>
    /// <returns>The bytes of the file.</returns>
    public byte[] ToPng(float scale = 2) => PanelGrid.ToPng([this], 1, scale);

    /// <summary>The panel's pixels.</summary>
    /// <param name="scale">Pixels for each of its size.</param>
    /// <returns>Height x width x 3 bytes, with the width and height.</returns>
    internal (byte[] Pixels, int Width, int Height) ToPixels(float scale)
    {
        using SKBitmap bitmap = PanelGrid.ToBitmap([this], 1, scale);
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        byte[] pixels = new byte[rgba.Length / 4 * 3];
        for (int i = 0; i < pixels.Length / 3; i++)
        {
            rgba.Slice(4 * i, 3).CopyTo(pixels.AsSpan(3 * i));
        }

        return (pixels, bitmap.Width, bitmap.Height);
    }
}
