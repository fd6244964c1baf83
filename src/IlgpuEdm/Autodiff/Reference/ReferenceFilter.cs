namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Resampling by 2 with a filter on the host in float64. The two-dimensional filter is the outer product of f with itself over the
/// square of its sum, times 4 upwards. Small images are [n, h, w, c]; large ones have 2h + taps - 2 - 2 padding rows, and columns
/// likewise; padding (taps - 2) / 2 therefore doubles the size.
/// </summary>
public static class ReferenceFilter
{
    /// <summary>The padding with which sizes double or halve.</summary>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <returns>(taps - 2) / 2.</returns>
    public static int Padding(int[] filter) => filter.Length / 2 - 1;

    /// <summary>Rows or columns of the large images.</summary>
    /// <param name="small">Rows or columns of the small images.</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>2 small + taps - 2 - 2 padding.</returns>
    public static int Large(int small, int[] filter, int padding) => 2 * small + filter.Length - 2 - 2 * padding;

    /// <summary>large[2i + k - padding] = the sum of 2 f[k] / sum(f) small[i], along both axes.</summary>
    /// <param name="small">Input, [n, h, w, c].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the small images.</param>
    /// <param name="w">Width of the small images.</param>
    /// <param name="c">Channels.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>The large images.</returns>
    public static double[] Up(double[] small, int[] filter, int n, int h, int w, int c, int padding) =>
        Spread(small, filter, n, h, w, c, padding, 4);

    /// <summary>The gradient of <see cref="Up"/>.</summary>
    /// <param name="gradOut">Gradient of the large images.</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the small images.</param>
    /// <param name="w">Width of the small images.</param>
    /// <param name="c">Channels.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>Gradient of the small images, [n, h, w, c].</returns>
    public static double[] UpGradient(double[] gradOut, int[] filter, int n, int h, int w, int c, int padding) =>
        Gather(gradOut, filter, n, h, w, c, padding, 4);

    /// <summary>small[i] = the sum of f[k] / sum(f) large[2i + k - padding], along both axes.</summary>
    /// <param name="large">The large images.</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the small images.</param>
    /// <param name="w">Width of the small images.</param>
    /// <param name="c">Channels.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>The small images, [n, h, w, c].</returns>
    public static double[] Down(double[] large, int[] filter, int n, int h, int w, int c, int padding) =>
        Gather(large, filter, n, h, w, c, padding, 1);

    /// <summary>The gradient of <see cref="Down"/>.</summary>
    /// <param name="gradOut">Gradient of the small images, [n, h, w, c].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the small images.</param>
    /// <param name="w">Width of the small images.</param>
    /// <param name="c">Channels.</param>
    /// <param name="padding">The padding.</param>
    /// <returns>Gradient of the large images.</returns>
    public static double[] DownGradient(double[] gradOut, int[] filter, int n, int h, int w, int c, int padding) =>
        Spread(gradOut, filter, n, h, w, c, padding, 1);

    private static double[] Spread(double[] small, int[] filter, int n, int h, int w, int c, int padding, double gain)
    {
        var large = new double[n * Large(h, filter, padding) * Large(w, filter, padding) * c];
        ForEachTap(filter, n, h, w, padding, (smallPixel, largePixel, weight) =>
        {
            for (int i = 0; i < c; i++)
            {
                large[largePixel * c + i] += gain * weight * small[smallPixel * c + i];
            }
        });
        return large;
    }

    private static double[] Gather(double[] large, int[] filter, int n, int h, int w, int c, int padding, double gain)
    {
        var small = new double[n * h * w * c];
        ForEachTap(filter, n, h, w, padding, (smallPixel, largePixel, weight) =>
        {
            for (int i = 0; i < c; i++)
            {
                small[smallPixel * c + i] += gain * weight * large[largePixel * c + i];
            }
        });
        return small;
    }

    // Every pair of a small and a large pixel that an element of the two-dimensional filter connects.
    private static void ForEachTap(int[] filter, int n, int h, int w, int padding, Action<int, int, double> visit)
    {
        int largeHeight = Large(h, filter, padding);
        int largeWidth = Large(w, filter, padding);
        double sum = filter.Sum();
        for (int pixel = 0; pixel < n * h * w; pixel++)
        {
            for (int tap = 0; tap < filter.Length * filter.Length; tap++)
            {
                int y = 2 * (pixel / w % h) + tap / filter.Length - padding;
                int x = 2 * (pixel % w) + tap % filter.Length - padding;
                if (y >= 0 && y < largeHeight && x >= 0 && x < largeWidth)
                {
                    double weight = filter[tap / filter.Length] * filter[tap % filter.Length] / (sum * sum);
                    visit(pixel, (pixel / (w * h) * largeHeight + y) * largeWidth + x, weight);
                }
            }
        }
    }
}
