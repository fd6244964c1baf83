using IlgpuEdm.Formats;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Noisy images as pixels. At full strength noise would be black and white only; so it gets the contrast of images, whose deviation is
/// about 0.5.
/// </summary>
internal static class NoisyPixels
{
    /// <summary>An image's pixels.</summary>
    /// <param name="x">The noisy image.</param>
    /// <param name="sigma">Its noise level.</param>
    public static byte[] ToBytes(double[] x, double sigma)
    {
        double contrast = 0.5 / Math.Sqrt(0.25 + sigma * sigma);
        return Array.ConvertAll(x, value => PixelScale.ToByte(value * contrast));
    }
}
