using NetVips;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Pixels for tests.</summary>
internal static class TestPixels
{
    public static byte[] Random(int seed, int count)
    {
        var pixels = new byte[count];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    public static byte[] Smooth(int width, int height, int channels)
    {
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (pixel, channel) = Math.DivRem(i, channels);
            var (y, x) = Math.DivRem(pixel, width);
            pixels[i] = (byte)((x * 100 / width) + (y * 100 / height) + (channel * 20));
        }
        return pixels;
    }

    public static Image Vips(byte[] pixels, int width, int height, int channels)
    {
        using var image = Image.NewFromMemoryCopy<byte>(pixels, width, height, channels, Enums.BandFormat.Uchar);
        return image.Copy(interpretation: channels <= 2 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }
}
