using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>A box of pixels: <c>x,y,width,height</c>, x and y those of its upper left pixel, from 0.</summary>
internal sealed record PixelBox(int X, int Y, int Width, int Height)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{X},{Y},{Width},{Height}");

    public static PixelBox? TryParse(string text)
    {
        int[] numbers = [.. text.Split(',').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        return numbers is [>= 0 and var x, >= 0 and var y, >= 1 and var width, >= 1 and var height]
            ? new PixelBox(x, y, width, height)
            : null;
    }
}
