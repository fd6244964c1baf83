using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>
/// A place in an image of double size as <see cref="WarpKernels"/> has it: the four pixels about it, and their weights; what lies outside
/// the image has weight 0.
/// </summary>
public struct BilinearPlace
{
    private const float FractionScale = 1f / (1 << 24);

    private int _left;
    private int _right;
    private int _upper;
    private int _lower;
    private float _leftWeight;
    private float _rightWeight;
    private float _topWeight;
    private float _bottomWeight;

    /// <summary>Finds the pixels.</summary>
    /// <param name="first">Where the image starts.</param>
    /// <param name="pitch">Floats of a row, which holds its even pixels, then its odd ones.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="x">The place along the row, in units of 2^-32.</param>
    /// <param name="y">The place along the column, in units of 2^-32.</param>
    /// <returns>The place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BilinearPlace At(int first, int pitch, int height, int width, int channels, long x, long y)
    {
        var left = (int)(x >> 32);
        var top = (int)(y >> 32);
        var right = (int)((x >> 8) & 0xFFFFFF) * FractionScale;
        var bottom = (int)((y >> 8) & 0xFFFFFF) * FractionScale;
        BilinearPlace place;
        place._leftWeight = left >= 0 && left < width ? 1f - right : 0f;
        place._rightWeight = left + 1 >= 0 && left + 1 < width ? right : 0f;
        place._topWeight = top >= 0 && top < height ? 1f - bottom : 0f;
        place._bottomWeight = top + 1 >= 0 && top + 1 < height ? bottom : 0f;
        place._left = Pixel(Clamp(left, width), pitch, channels);
        place._right = Pixel(Clamp(left + 1, width), pitch, channels);
        place._upper = first + Clamp(top, height) * pitch;
        place._lower = first + Clamp(top + 1, height) * pitch;
        return place;
    }

    /// <summary>The value there.</summary>
    /// <param name="image">The image.</param>
    /// <param name="channel">The channel.</param>
    /// <returns>The weighted sum of the four pixels.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Value(ArrayView<float> image, int channel) =>
        _topWeight * (_leftWeight * image[_upper + _left + channel] + _rightWeight * image[_upper + _right + channel])
        + _bottomWeight * (_leftWeight * image[_lower + _left + channel] + _rightWeight * image[_lower + _right + channel]);

    private static int Pixel(int place, int pitch, int channels) => (place & 1) * (pitch >> 1) + (place >> 1) * channels;

    private static int Clamp(int place, int size) => place < 0 ? 0 : place >= size ? size - 1 : place;
}
