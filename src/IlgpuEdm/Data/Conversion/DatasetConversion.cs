using System.Globalization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>What a conversion did.</summary>
/// <param name="Images">Images written.</param>
/// <param name="Broken">Images that could not be read.</param>
/// <param name="TooSmall">Images left out because they are smaller than <see cref="ImageTransform.CenterCropWide"/> asks for.</param>
/// <param name="Width">Width of every image written.</param>
/// <param name="Height">Height of every image written.</param>
/// <param name="Channels">1 for grey, 3 for RGB.</param>
/// <param name="LabelDim">Number of classes or length of a label vector; 0 where there are no labels.</param>
public sealed record ConversionResult(long Images, long Broken, long TooSmall, int Width, int Height, int Channels, int LabelDim);

/// <summary>
/// Converts images to a zip in the layout that EDM's reference uses: <c>00000/img00000000.png</c> and so on, stored uncompressed,
/// and <c>dataset.json</c> with the labels or null. The same input gives the same bytes. Images are decoded and resized on all
/// cores, a few at a time, and written in the order of the source.
/// </summary>
public sealed class DatasetConversion : IDisposable
{
    private readonly ConversionOptions options;
    private readonly ImageSource source;

    private DatasetConversion(ConversionOptions options, ImageSource source) => (this.options, this.source) = (options, source);

    /// <summary>How many images will be looked at.</summary>
    public long Count => Math.Min(source.Count, options.MaxImages ?? long.MaxValue);

    /// <summary>Opens the source.</summary>
    /// <param name="options">What to do.</param>
    /// <returns>The conversion, to be disposed of by the caller.</returns>
    /// <exception cref="EdmException">The options do not go together, or the source is none, unknown or damaged.</exception>
    public static DatasetConversion Open(ConversionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new DatasetConversion(options, ImageSources.Open(options.Source));
    }

    /// <summary>Converts. The zip is whole or absent: whatever goes wrong, an older file of that name stays as it was.</summary>
    /// <param name="report">Receives one line for every broken image.</param>
    /// <param name="onProgress">Receives how many images have been looked at.</param>
    /// <param name="stop">Ends the conversion at the next image.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="EdmException">
    /// Images are broken and not to be skipped (told at the end, so that all of them are named), differ in size, or none is left;
    /// the source is damaged; or the zip cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was written.</exception>
    public ConversionResult Run(Action<string>? report = null, Action<long>? onProgress = null, CancellationToken stop = default)
    {
        ConversionResult? result = null;
        AtomicFile.Write(options.Dest, stream => result = Write(stream, report ?? (_ => { }), onProgress ?? (_ => { }), stop));
        return result!;
    }

    /// <summary>Closes the source.</summary>
    public void Dispose() => source.Dispose();

    private ConversionResult Write(Stream stream, Action<string> report, Action<long> onProgress, CancellationToken stop)
    {
        var zip = new DatasetZip(stream);
        long index = 0, broken = 0, small = 0;
        string? firstBroken = null;
        foreach (var image in OrderedWork.Run(source.Images().Take((int)Math.Min(Count, int.MaxValue)), Convert))
        {
            stop.ThrowIfCancellationRequested();
            if (image.Error is { } error)
            {
                broken++;
                firstBroken ??= error;
                report(error);
            }
            else if (image.Png is null)
            {
                small++;
            }
            else
            {
                zip.Add(image, source.Labels, index);
            }
            onProgress(++index);
        }
        if (broken > 0 && !options.SkipBroken)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{broken:N0} of {index:N0} images are broken and nothing was written; repair or remove them, or give --skip-broken; ")
                + "the first: " + firstBroken);
        }
        if (zip.Count == 0)
        {
            throw new EdmException($"{options.Source}: no image is left to write: "
                + string.Create(CultureInfo.InvariantCulture, $"{broken:N0} are broken, {small:N0} are too small for --resolution"));
        }
        zip.Finish();
        return new ConversionResult(
            zip.Count, broken, small, zip.Shape.Width, zip.Shape.Height, zip.Shape.Channels, source.Labels?.Dim ?? 0);
    }

    private ConvertedImage Convert(SourceImage image)
    {
        DecodedImage decoded;
        try
        {
            decoded = image.Decode();
        }
        catch (EdmException error)
        {
            return new ConvertedImage(image.Name, default, null, 0, error.Message);
        }
        if (ImageShaper.Shape(options, decoded, image.Name) is not { } shaped)
        {
            return new ConvertedImage(image.Name, default, null, 0, null);
        }
        var png = StoredPng.Encode(shaped);
        return new ConvertedImage(
            image.Name, new ImageShape(shaped.Height, shaped.Width, shaped.Channels), png, Crc32.Compute(png), null);
    }
}

/// <summary>An image that is ready to be written; without a file where it is broken or left out.</summary>
internal sealed record ConvertedImage(string Name, ImageShape Shape, byte[]? Png, uint Crc, string? Error);
