namespace IlgpuEdm.Diffusion;

/// <summary>Which values of an image are known and kept; the others are drawn anew.</summary>
public sealed class InpaintingMask
{
    private readonly bool[] _known;

    /// <summary>Makes the mask of an image.</summary>
    /// <param name="known">Whether each pixel is known, <c>[H, W]</c>, or each value, <c>[H, W, C]</c>, in order.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="channels">C.</param>
    /// <exception cref="EdmException">The mask fits no image of this size.</exception>
    public InpaintingMask(bool[] known, int height, int width, int channels)
    {
        OptionRange.AtLeast("The height of the mask", height, 1);
        OptionRange.AtLeast("The width of the mask", width, 1);
        OptionRange.AtLeast("The number of channels of the mask", channels, 1);
        long pixels = (long)height * width;
        if (known.Length != pixels && known.Length != pixels * channels)
        {
            throw new EdmException(
                $"The mask has {known.Length} values; an image of {height} x {width} with {channels} channels takes {pixels} (one a pixel) "
                + $"or {pixels * channels} (one a value).");
        }

        _known = new bool[pixels * channels];
        for (int j = 0; j < _known.Length; j++)
        {
            _known[j] = known.Length == _known.Length ? known[j] : known[j / channels];
        }
    }

    /// <summary>Values of an image, H * W * C.</summary>
    public int ImageSize => _known.Length;

    /// <summary>Whether a value is known.</summary>
    /// <param name="j">Its index in the image.</param>
    /// <returns>Whether it is kept.</returns>
    public bool IsKnown(int j) => _known[j];
}
