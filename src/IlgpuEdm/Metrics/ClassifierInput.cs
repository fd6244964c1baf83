using IlgpuEdm.Formats;

namespace IlgpuEdm.Metrics;

/// <summary>Lays images out as a classifier's network sees them: on the scale [-1, 1], in the middle of a border of zeros.</summary>
internal static class ClassifierInput
{
    private static readonly float[] _unitScale = [.. Enumerable.Range(0, 256).Select(v => PixelScale.ToUnit((byte)v))];

    /// <summary>Values of a padded image.</summary>
    public static int Length(ClassifierOptions options) => options.PaddedHeight * options.PaddedWidth * options.ImageChannels;

    /// <summary>Lays out an image of bytes.</summary>
    public static void Place(ClassifierOptions options, ReadOnlySpan<byte> pixels, Span<float> target)
    {
        var image = new float[pixels.Length];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = _unitScale[pixels[i]];
        }

        Place(options, image, 0, 0, target);
    }

    /// <summary>Lays out an image on the scale [-1, 1], moved down and right; its edge is repeated into what that leaves free.</summary>
    public static void Place(ClassifierOptions options, ReadOnlySpan<float> image, int down, int right, Span<float> target)
    {
        int height = options.Height, width = options.Width, channels = options.ImageChannels;
        int top = (options.PaddedHeight - height) / 2, left = (options.PaddedWidth - width) / 2;
        target.Clear();
        for (var y = 0; y < height; y++)
        {
            var from = image.Slice(Math.Clamp(y - down, 0, height - 1) * width * channels, width * channels);
            var to = target.Slice(((top + y) * options.PaddedWidth + left) * channels, width * channels);
            for (var x = 0; x < width; x++)
            {
                from.Slice(Math.Clamp(x - right, 0, width - 1) * channels, channels).CopyTo(to[(x * channels)..]);
            }
        }
    }
}
