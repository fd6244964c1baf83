namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Resampling by 2 on the host in float64, as the filter [1, 1] gives it: up repeats each pixel in a 2x2 square, down takes
/// the mean of each. Images are [n, h, w, c]; h and w are always those of the input of the forward direction.
/// </summary>
public static class ReferenceResample
{
    /// <summary>Twice the height and width by repeating pixels.</summary>
    /// <param name="x">Input, [n, h, w, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the input.</param>
    /// <param name="w">Width of the input.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Output, [n, 2h, 2w, c].</returns>
    public static double[] Up(double[] x, int n, int h, int w, int c) => Spread(x, n, 2 * h, 2 * w, c, 1);

    /// <summary>The gradient of <see cref="Up"/>: the sum over each 2x2 square.</summary>
    /// <param name="gradOut">Gradient of the output, [n, 2h, 2w, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the input.</param>
    /// <param name="w">Width of the input.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Gradient of the input, [n, h, w, c].</returns>
    public static double[] UpGradient(double[] gradOut, int n, int h, int w, int c) => Gather(gradOut, n, 2 * h, 2 * w, c, 1);

    /// <summary>Half the height and width by the mean of 2x2 pixels.</summary>
    /// <param name="x">Input, [n, h, w, c], h and w even.</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the input.</param>
    /// <param name="w">Width of the input.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Output, [n, h/2, w/2, c].</returns>
    public static double[] Down(double[] x, int n, int h, int w, int c) => Gather(x, n, h, w, c, 0.25);

    /// <summary>The gradient of <see cref="Down"/>: a quarter to each of the four pixels.</summary>
    /// <param name="gradOut">Gradient of the output, [n, h/2, w/2, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the input.</param>
    /// <param name="w">Width of the input.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Gradient of the input, [n, h, w, c].</returns>
    public static double[] DownGradient(double[] gradOut, int n, int h, int w, int c) => Spread(gradOut, n, h, w, c, 0.25);

    private static double[] Spread(double[] small, int n, int h, int w, int c, double scale)
    {
        var large = new double[n * h * w * c];
        for (int i = 0; i < large.Length; i++)
        {
            large[i] = scale * small[SmallIndex(i, h, w, c)];
        }

        return large;
    }

    private static double[] Gather(double[] large, int n, int h, int w, int c, double scale)
    {
        var small = new double[n * (h / 2) * (w / 2) * c];
        for (int i = 0; i < large.Length; i++)
        {
            small[SmallIndex(i, h, w, c)] += scale * large[i];
        }

        return small;
    }

    // Where the value at an index of the large images [n, h, w, c] lies in the small ones [n, h/2, w/2, c].
    private static int SmallIndex(int index, int h, int w, int c)
    {
        int channel = index % c;
        int x = index / c % w;
        int y = index / (c * w) % h;
        int image = index / (c * w * h);
        return ((image * (h / 2) + y / 2) * (w / 2) + x / 2) * c + channel;
    }
}
