namespace IlgpuEdm.Data.Conversion;

/// <summary>What <see cref="DatasetConversion"/> is to do.</summary>
public sealed record ConversionOptions
{
    /// <summary>The longest side that can be asked for, in pixels.</summary>
    public const int MaximumSide = 1 << 14;

    /// <summary>Side of the images that <see cref="Pad"/> takes, in pixels.</summary>
    public const int PadFrom = 28;

    /// <summary>Side of the images that <see cref="Pad"/> makes, in pixels.</summary>
    public const int PadTo = 32;

    /// <summary>
    /// A folder of images (with all folders in it), a zip, IDX files, the archives of CIFAR-10 and CIFAR-100, .npz arrays of uint8
    /// images, or Parquet files as the Hugging Face hub stores image sets; recognised by content.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>The zip to write or replace.</summary>
    public required string Dest { get; init; }

    /// <summary>Width of the new images in pixels, from 1 to <see cref="MaximumSide"/>; null to keep them as they are.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the new images in pixels, from 1 to <see cref="MaximumSide"/>; null with <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    /// <summary>How images are brought to that size.</summary>
    public ImageTransform Transform { get; init; } = ImageTransform.None;

    /// <summary>At most so many images, the first of the source; null for all.</summary>
    public long? MaxImages { get; init; }

    /// <summary>Whether broken images are left out rather than an error.</summary>
    public bool SkipBroken { get; init; }

    /// <summary>Whether to lay images of 28x28 pixels in the middle of black ones of 32x32, as is usual for MNIST.</summary>
    public bool Pad { get; init; }

    /// <summary>Checks the options against one another.</summary>
    /// <exception cref="EdmException">They do not go together; names the option of the command line.</exception>
    public void Validate()
    {
        if (Width is null != Height is null || Width is < 1 or > MaximumSide || Height is < 1 or > MaximumSide)
        {
            throw new EdmException($"--resolution '{Width}x{Height}': it must be two sides from 1 to {MaximumSide} such as 64x64");
        }
        if (Transform != ImageTransform.None && Width is null)
        {
            throw new EdmException("--transform needs --resolution WxH, the size to bring the images to");
        }
        if (Transform == ImageTransform.CenterCropWide && Height > Width)
        {
            throw new EdmException($"--resolution '{Width}x{Height}': with --transform center-crop-wide it must not be higher than wide");
        }
        if (MaxImages < 1)
        {
            throw new EdmException($"--max-images '{MaxImages}': it must be a whole number, at least 1");
        }
        if (Pad && Width is not null)
        {
            throw new EdmException("--pad makes images of 32x32 pixels; leave out --resolution, or --pad");
        }
        if ((File.Exists(Source) || Directory.Exists(Source)) && Path.GetFullPath(Source) == Path.GetFullPath(Dest))
        {
            throw new EdmException($"--dest '{Dest}' is the source itself; name another file");
        }
    }
}
