namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// How many pixels of reflection surround an image before it is resampled; what lies farther out counts as 0. Any margin that covers all
/// that is read gives the same image. The margin is at most the image less a pixel, where the reflection would begin to repeat.
/// </summary>
internal readonly record struct AugmentMargin(int Left, int Top, int Right, int Bottom)
{
    // Reach of the two low-pass filters, in pixels.
    private const int Reach = 6;

    /// <summary>The margin that holds the places from which the corners of all images come, and the filters' reach around them.</summary>
    /// <remarks>
    /// The pipeline takes the margin of each image by itself, so that an image does not depend on its batch.
    /// </remarks>
    /// <param name="inverse">The inverse map of each image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <returns>The margin.</returns>
    public static AugmentMargin Of(ReadOnlySpan<AffineMap> inverse, int height, int width)
    {
        double cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
        double left = double.NegativeInfinity, top = left, right = left, bottom = left;
        ReadOnlySpan<(double X, double Y)> corners = [(-cx, -cy), (cx, -cy), (cx, cy), (-cx, cy)];
        foreach (var map in inverse)
        {
            foreach (var corner in corners)
            {
                var (x, y) = map.Apply(corner.X, corner.Y);
                left = Math.Max(left, -x);
                top = Math.Max(top, -y);
                right = Math.Max(right, x);
                bottom = Math.Max(bottom, y);
            }
        }

        return new AugmentMargin(Pixels(left, width), Pixels(top, height), Pixels(right, width), Pixels(bottom, height));
    }

    private static int Pixels(double extent, int size) => (int)Math.Ceiling(Math.Clamp(extent + Reach - (size - 1) / 2.0, 0, size - 1));
}
