using System.Globalization;
using IlgpuEdm.Data.Conversion;

namespace IlgpuEdm.Cli.Values;

/// <summary>The size of an image, such as 64x64.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Parses WxH; null where it is none.</summary>
    public static ImageSize? TryParse(string text) =>
        text.Split('x') is [var width, var height] && Side(width) is { } w && Side(height) is { } h ? new ImageSize(w, h) : null;

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side)
        && side is >= 1 and <= ConversionOptions.MaximumSide
            ? side
            : null;
}
