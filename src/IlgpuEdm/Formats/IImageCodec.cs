namespace IlgpuEdm.Formats;

/// <summary>Decodes and encodes image files in memory. The one place where an image library is used.</summary>
public interface IImageCodec
{
    /// <summary>
    /// Decodes a PNG, JPEG, WebP or BMP file to 8 bits a channel, grey (1 channel) or colour (3 channels) as the file has it.
    /// A palette becomes colour; 16 bits are cut to their upper 8; CMYK becomes RGB; transparent pixels are laid on white;
    /// the rotation that a camera notes is not applied.
    /// </summary>
    /// <param name="data">The bytes of the file.</param>
    /// <param name="nameForErrors">What to call the file in errors.</param>
    /// <returns>Size and pixels.</returns>
    /// <exception cref="EdmException">The bytes are not such an image, or a damaged one.</exception>
    DecodedImage Decode(ReadOnlySpan<byte> data, string nameForErrors);

    /// <summary>Encodes a PNG file of 8 bits a channel. The same pixels give the same bytes.</summary>
    /// <param name="pixels">Height x width x channels, row by row.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">The number of pixels does not fit the size, or channels is neither 1 nor 3.</exception>
    byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height, int channels);

    /// <summary>Encodes an animation as lossless WebP, played in a loop. WebP knows no grey: grey frames are kept as colour.</summary>
    /// <param name="frames">
    /// One or more frames, each height x width x channels, row by row; equal ones in turn become one in the file.
    /// </param>
    /// <param name="milliseconds">How long each frame is shown, at least 1.</param>
    /// <param name="width">Width in pixels, at most 16383.</param>
    /// <param name="height">Height in pixels, at most 16383.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">Sizes and numbers do not fit.</exception>
    byte[] EncodeWebP(IReadOnlyList<byte[]> frames, IReadOnlyList<int> milliseconds, int width, int height, int channels);
}

/// <summary>An image of 8 bits a channel.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Channels">1 for grey or 3 for RGB.</param>
/// <param name="Pixels">Height x width x channels, row by row.</param>
public readonly record struct DecodedImage(int Width, int Height, int Channels, byte[] Pixels);

/// <summary>The image library in use.</summary>
public static class ImageCodec
{
    /// <summary>The codec that everything uses; safe to call from many threads at once.</summary>
    public static IImageCodec Default { get; } = new NetVipsCodec();
}
