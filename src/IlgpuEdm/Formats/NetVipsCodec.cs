using NetVips;

namespace IlgpuEdm.Formats;

/// <summary>
/// Images through libvips; BMP, which its builds lack, through <see cref="BmpDecoder"/>, and plain PNG, for speed, through
/// <see cref="PlainPngDecoder"/>.
/// </summary>
internal sealed class NetVipsCodec : IImageCodec
{
    // A damaged header may promise any size; no image of a data set comes near this.
    private const long MaximumBytes = 1L << 30;

    private static readonly Lazy<Exception?> Initialisation = new(Initialise);

    // Held here, since the library keeps only a pointer to it.
    private static readonly Log.LogDelegate NoLog = (_, _, _) => { };

    public DecodedImage Decode(ReadOnlySpan<byte> data, string nameForErrors)
    {
        if (!ImageSignature.IsImage(data))
        {
            throw new EdmException($"{nameForErrors}: not a PNG, JPEG, WebP or BMP image");
        }
        try
        {
            if (ImageSignature.IsPng(data) && PlainPngDecoder.TryDecode(data) is { } image)
            {
                return image;
            }
            if (ImageSignature.IsPng(data))
            {
                PngSize.RequirePlausible(data);
            }
            return ImageSignature.IsBmp(data) ? BmpDecoder.Decode(data, MaximumBytes) : DecodeWithVips(data);
        }
        catch (Exception error) when (error is VipsException or FormatException)
        {
            throw new EdmException($"{nameForErrors}: truncated or damaged image ({OneLine.Of(error)}); get it again or remove it", error);
        }
    }

    public byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height, int channels)
    {
        if (channels is not (1 or 3) || width < 1 || height < 1 || pixels.Length != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"{pixels.Length} bytes are no image of {width}x{height} pixels and {channels} channels.", nameof(pixels));
        }
        EnsureInitialised();
        using var plain = Image.NewFromMemoryCopy(pixels, width, height, channels, Enums.BandFormat.Uchar);
        using var image = plain.Copy(interpretation: channels == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        return image.PngsaveBuffer(compression: 6, filter: Enums.ForeignPngFilter.None, keep: Enums.ForeignKeep.None);
    }

    public byte[] EncodeWebP(IReadOnlyList<byte[]> frames, IReadOnlyList<int> milliseconds, int width, int height, int channels)
    {
        const int largestSide = 16383;
        var size = (long)width * height * channels;
        if (channels is not (1 or 3) || width is < 1 or > largestSide || height is < 1 or > largestSide || frames.Count == 0
            || frames.Any(frame => frame.Length != size) || milliseconds.Count != frames.Count || milliseconds.Any(time => time < 1))
        {
            throw new ArgumentException(
                $"{frames.Count} frames and {milliseconds.Count} times are no animation of {width}x{height} pixels, {channels} channels.",
                nameof(frames));
        }
        EnsureInitialised();
        // libvips takes an animation as one tall image that says how high a page of it is.
        var pixels = new byte[checked(size * frames.Count)];
        for (var i = 0; i < frames.Count; i++)
        {
            frames[i].CopyTo(pixels, i * size);
        }
        using var plain = Image.NewFromMemoryCopy<byte>(pixels, width, height * frames.Count, channels, Enums.BandFormat.Uchar);
        using var image = plain.Copy(interpretation: channels == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        using var pages = image.Mutate(mutable =>
        {
            mutable.Set(GValue.GIntType, "page-height", height);
            mutable.Set(GValue.ArrayIntType, "delay", milliseconds.ToArray());
            mutable.Set(GValue.GIntType, "loop", 0);
        });
        return pages.WebpsaveBuffer(lossless: true);
    }

    internal static DecodedImage DecodeWithVips(ReadOnlySpan<byte> data)
    {
        EnsureInitialised();
        using var loaded = Image.NewFromBuffer(data, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        if ((long)loaded.Width * loaded.Height * loaded.Bands > MaximumBytes)
        {
            throw new FormatException($"its {loaded.Width}x{loaded.Height} pixels are too many");
        }
        var grey = loaded.Bands <= 2;
        var space = grey ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb;
        // A change of colour space would round 16-bit grey, but cut 16-bit colour.
        using var shifted = loaded.Format == Enums.BandFormat.Ushort ? loaded.Cast(Enums.BandFormat.Uchar, shift: true) : loaded.Copy();
        using var eightBit = loaded.Format == Enums.BandFormat.Ushort ? shifted.Copy(interpretation: space) : shifted.Colourspace(space);
        using var opaque = eightBit.HasAlpha() ? eightBit.Flatten(background: grey ? [255] : [255, 255, 255]) : eightBit.Copy();
        using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
        if (bytes.Bands != (grey ? 1 : 3))
        {
            throw new FormatException($"it has {loaded.Bands} channels");
        }
        return new DecodedImage(bytes.Width, bytes.Height, bytes.Bands, bytes.WriteToMemory<byte>());
    }

    private static void EnsureInitialised()
    {
        if (Initialisation.Value is { } error)
        {
            throw new EdmException($"the image library libvips cannot be loaded on this system ({OneLine.Of(error)})", error);
        }
    }

    private static Exception? Initialise()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            return ModuleInitializer.Exception ?? new DllNotFoundException("libvips");
        }
        // Callers decode one image a thread, so vips needs no threads of its own; nothing is decoded twice, so no cache either.
        NetVips.NetVips.Concurrency = 1;
        NetVips.NetVips.BlockUntrusted = true;
        Cache.Max = 0;
        // What it finds wrong with an image is in the exception too; on stderr it would come on top of the one line.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Critical, NoLog);
        return null;
    }
}
