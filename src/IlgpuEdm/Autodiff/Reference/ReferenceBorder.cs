namespace IlgpuEdm.Autodiff.Reference;

/// <summary>A border of zeros around images [n, h, w, c], on the host in float64; each direction is the other's gradient.</summary>
public static class ReferenceBorder
{
    /// <summary>Puts a border on.</summary>
    /// <param name="x">Images, [n, h, w, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height without the border.</param>
    /// <param name="w">Width without the border.</param>
    /// <param name="c">Channels.</param>
    /// <param name="width">Pixels of the border.</param>
    /// <returns>[n, h + 2 width, w + 2 width, c].</returns>
    public static double[] PutOn(double[] x, int n, int h, int w, int c, int width)
    {
        var padded = new double[n * (h + 2 * width) * (w + 2 * width) * c];
        for (int i = 0; i < x.Length; i++)
        {
            padded[PaddedIndex(i, h, w, c, width)] = x[i];
        }

        return padded;
    }

    /// <summary>Takes a border off.</summary>
    /// <param name="padded">Images with a border, [n, h + 2 width, w + 2 width, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height without the border.</param>
    /// <param name="w">Width without the border.</param>
    /// <param name="c">Channels.</param>
    /// <param name="width">Pixels of the border.</param>
    /// <returns>[n, h, w, c].</returns>
    public static double[] TakeOff(double[] padded, int n, int h, int w, int c, int width) =>
        [.. Enumerable.Range(0, n * h * w * c).Select(i => padded[PaddedIndex(i, h, w, c, width)])];

    private static int PaddedIndex(int index, int h, int w, int c, int width)
    {
        int row = index / (w * c);
        int paddedRow = row / h * (h + 2 * width) + row % h + width;
        return (paddedRow * (w + 2 * width) + width) * c + index % (w * c);
    }
}
