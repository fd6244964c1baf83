using IlgpuEdm.Kernels.Augmentation;

namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// Brightness, contrast, luma flip, hue and saturation of one image as one 4x4 matrix in float64 over (red, green, blue, 1). The axis of
/// luma is (1, 1, 1) / sqrt 3.
/// </summary>
internal sealed class ColourMatrix
{
    private const int Size = 4;

    // ColourMatrix[row, column]; the luma projection fills the upper left with thirds.
    private readonly double[,] _m = new double[Size, Size];

    private ColourMatrix(Func<int, int, double> element)
    {
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                _m[i, j] = element(i, j);
            }
        }
    }

    public double this[int row, int column] => _m[row, column];

    /// <summary>The matrix of an image; null where colours stay as they are.</summary>
    public static ColourMatrix? Of(AugmentOptions options, in AugmentParameters p)
    {
        if (p.Brightness == 0 && p.Contrast == 0 && !p.LumaFlip && p.Hue == 0 && p.Saturation == 0)
        {
            return null;
        }

        double shift = p.Brightness * options.BrightnessStd, contrast = double.Exp2(p.Contrast * options.ContrastStd);
        double flip = p.LumaFlip ? 2 : 0, saturation = double.Exp2(p.Saturation * options.SaturationStd);
        var brightened = new ColourMatrix((i, j) => j == 3 && i < 3 ? shift : Unit(i, j));
        var contrasted = new ColourMatrix((i, j) => i < 3 ? contrast * Unit(i, j) : Unit(i, j));
        var flipped = new ColourMatrix((i, j) => Unit(i, j) - flip * Luma(i, j));
        var saturated = new ColourMatrix((i, j) => Luma(i, j) + (Unit(i, j) - Luma(i, j)) * (i < 3 ? saturation : 1));
        return saturated * Hue(p.Hue) * flipped * contrasted * brightened;
    }

    /// <summary>
    /// The matrix's entry for the kernel: its first three rows. A grey image becomes the mean of the three channels that it would have as
    /// a colour image, factor and shift in places 0 and 3; hue and saturation leave it as it is.
    /// </summary>
    public float[] Entry(bool grey)
    {
        var entry = new float[PixelKernels.ColourEntry];
        double factor = 0, shift = 0;
        for (var i = 0; i < 3; i++)
        {
            factor += (_m[i, 0] + _m[i, 1] + _m[i, 2]) / 3;
            shift += _m[i, 3] / 3;
            for (var j = 0; j < Size; j++)
            {
                entry[i * Size + j] = (float)_m[i, j];
            }
        }

        return grey ? [(float)factor, 0, 0, (float)shift, .. new float[8]] : entry;
    }

    /// <summary>The matrix that applies the right operand first.</summary>
    public static ColourMatrix operator *(ColourMatrix a, ColourMatrix b) => new((i, j) =>
    {
        double sum = 0;
        for (var k = 0; k < Size; k++)
        {
            sum += a[i, k] * b[k, j];
        }

        return sum;
    });

    // A rotation about the luma axis keeps the projection on it and turns the rest (Rodrigues).
    private static ColourMatrix Hue(double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new((i, j) => i == 3 || j == 3
            ? Unit(i, j)
            : cos * Unit(i, j) + (1 - cos) * Luma(i, j) + sin / Math.Sqrt(3) * (i == j ? 0 : (j - i + 3) % 3 == 1 ? -1 : 1));
    }

    private static double Unit(int i, int j) => i == j ? 1 : 0;

    private static double Luma(int i, int j) => i < 3 && j < 3 ? 1.0 / 3 : 0;
}
