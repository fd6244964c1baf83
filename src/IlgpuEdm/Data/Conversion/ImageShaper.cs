using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>Brings one image to the size that was asked for.</summary>
internal static class ImageShaper
{
    /// <summary>The new image; null where it is too small to be used.</summary>
    /// <exception cref="EdmException">The image does not fit the options.</exception>
    public static DecodedImage? Shape(ConversionOptions options, DecodedImage image, string name)
    {
        if (options.Pad)
        {
            return image is { Width: ConversionOptions.PadFrom, Height: ConversionOptions.PadFrom }
                ? Lay(image, ConversionOptions.PadTo, ConversionOptions.PadTo)
                : throw new EdmException(
                    $"{name}: {image.Width}x{image.Height} pixels; --pad takes 28x28 only, use --resolution for others");
        }
        if (options.Width is not { } width || options.Height is not { } height)
        {
            return image;
        }
        if (options.Transform == ImageTransform.None)
        {
            return LanczosResize.Resize(image, width, height);
        }
        if (options.Transform == ImageTransform.CenterCropWide && (image.Width < width || image.Height < height))
        {
            return null;
        }
        var resized = LanczosResize.Resize(Colour(Crop(image, width, height)), width, height);
        return options.Transform == ImageTransform.CenterCrop ? resized : Lay(resized, width, width);
    }

    // The largest part in the middle whose sides relate as the new ones.
    private static DecodedImage Crop(DecodedImage image, int width, int height)
    {
        var wider = (long)image.Width * height > (long)image.Height * width;
        var cropWidth = wider ? Part(image.Height, width, height) : image.Width;
        var cropHeight = wider ? image.Height : Part(image.Width, height, width);
        if (cropWidth == image.Width && cropHeight == image.Height)
        {
            return image;
        }
        var pixels = new byte[cropWidth * cropHeight * image.Channels];
        var (left, top) = ((image.Width - cropWidth) / 2, (image.Height - cropHeight) / 2);
        var rowBytes = cropWidth * image.Channels;
        for (var y = 0; y < cropHeight; y++)
        {
            image.Pixels.AsSpan((((top + y) * image.Width) + left) * image.Channels, rowBytes).CopyTo(pixels.AsSpan(y * rowBytes));
        }
        return image with { Width = cropWidth, Height = cropHeight, Pixels = pixels };
    }

    private static int Part(int side, int numerator, int denominator) =>
        (int)Math.Max(1, ((2L * side * numerator) + denominator) / (2L * denominator));

    private static DecodedImage Colour(DecodedImage image)
    {
        if (image.Channels == 3)
        {
            return image;
        }
        var pixels = new byte[image.Pixels.Length * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = image.Pixels[i / 3];
        }
        return image with { Channels = 3, Pixels = pixels };
    }

    // In the middle of a larger black image.
    private static DecodedImage Lay(DecodedImage image, int width, int height)
    {
        var pixels = new byte[width * height * image.Channels];
        var (left, top) = ((width - image.Width) / 2, (height - image.Height) / 2);
        var rowBytes = image.Width * image.Channels;
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * rowBytes, rowBytes).CopyTo(pixels.AsSpan((((top + y) * width) + left) * image.Channels));
        }
        return image with { Width = width, Height = height, Pixels = pixels };
    }
}
