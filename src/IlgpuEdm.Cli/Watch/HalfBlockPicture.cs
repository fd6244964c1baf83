using IlgpuEdm.Formats;
using Spectre.Console;

namespace IlgpuEdm.Cli.Watch;

/// <summary>A picture of characters: each shows two pixels, one above the other, as its own colour and that of its ground.</summary>
internal static class HalfBlockPicture
{
    private const char UpperHalf = '\u2580';

    /// <summary>The picture, made smaller where it must be, never larger.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="width">The most characters across.</param>
    /// <param name="height">The most lines.</param>
    public static Paragraph Draw(DecodedImage image, int width, int height)
    {
        double scale = Math.Max(1, Math.Max((double)image.Width / width, (double)image.Height / (2 * height)));
        int columns = Math.Max((int)(image.Width / scale), 1);
        int lines = Math.Max((int)(image.Height / scale / 2), 1);
        var picture = new Paragraph();
        for (int y = 0; y < lines; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                picture.Append(UpperHalf.ToString(), new Style(Mean(x, 2 * y), Mean(x, (2 * y) + 1)));
            }

            picture.Append("\n");
        }

        return picture;

        Color Mean(int x, int y)
        {
            (int left, int right) = Span(x, columns, image.Width);
            (int top, int bottom) = Span(y, 2 * lines, image.Height);
            long[] sums = new long[image.Channels];
            for (int row = top; row < bottom; row++)
            {
                for (int i = ((row * image.Width) + left) * image.Channels; i < ((row * image.Width) + right) * image.Channels; i++)
                {
                    sums[i % image.Channels] += image.Pixels[i];
                }
            }

            byte[] means = [.. sums.Select(sum => (byte)(sum / ((right - left) * (bottom - top))))];
            return new Color(means[0], means[image.Channels / 2], means[^1]);
        }
    }

    private static (int First, int End) Span(int i, int count, int pixels)
    {
        int first = (int)((long)i * pixels / count);
        return (first, Math.Max((int)((i + 1L) * pixels / count), first + 1));
    }
}
