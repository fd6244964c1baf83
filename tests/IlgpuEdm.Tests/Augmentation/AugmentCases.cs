using IlgpuEdm.Diffusion.Augmentation;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>Options and images that several tests use.</summary>
internal static class AugmentCases
{
    /// <summary>Every augmentation there is.</summary>
    public static AugmentOptions Everything(double p) => AugmentOptions.Edm(p) with
    {
        RotateInt = 1,
        TranslateInt = 1,
        Brightness = 1,
        Contrast = 1,
        LumaFlip = 1,
        Hue = 1,
        Saturation = 1,
    };

    /// <summary>Images of random numbers from -1 to 1.</summary>
    public static float[] Noise(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }

    /// <summary>An image whose pixels are a function of row, column and channel.</summary>
    public static float[] Image(int height, int width, int channels, Func<int, int, int, double> pixel) =>
    [
        .. from y in Enumerable.Range(0, height)
           from x in Enumerable.Range(0, width)
           from c in Enumerable.Range(0, channels)
           select (float)pixel(y, x, c),
    ];
}
