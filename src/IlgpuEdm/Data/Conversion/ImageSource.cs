using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>Where a conversion takes its images from, one after the other.</summary>
internal abstract class ImageSource : IDisposable
{
    /// <summary>Number of images.</summary>
    public abstract long Count { get; }

    /// <summary>One label an image, or null.</summary>
    public virtual LabelList? Labels => null;

    /// <summary>The images in their order; what is not asked for is not read.</summary>
    public abstract IEnumerable<SourceImage> Images();

    public virtual void Dispose()
    {
    }
}

/// <summary>An image that is yet to be decoded.</summary>
/// <param name="Name">What to call it in errors.</param>
/// <param name="Decode">Decodes it, on any thread; an EdmException says why it cannot be.</param>
internal readonly record struct SourceImage(string Name, Func<DecodedImage> Decode);

/// <summary>Image files in a folder or zip.</summary>
internal sealed class CollectionSource : ImageSource
{
    private readonly ImageCollection images;

    public CollectionSource(ImageCollection images)
    {
        this.images = images;
        try
        {
            if (images.Names.Count == 0)
            {
                throw new EdmException($"{images.Path}: contains no image (PNG, JPEG, WebP or BMP) and nothing else that can be converted");
            }
            Labels = ImageLabels.Read(images);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    public override long Count => images.Names.Count;

    public override LabelList? Labels { get; }

    public override IEnumerable<SourceImage> Images() =>
        images.Names.Select(name => new SourceImage(images.Describe(name), () => ImageCollectionReader.Decode(images, name)));

    public override void Dispose() => images.Dispose();
}

/// <summary>A data set that is one array, such as IDX files or CIFAR's batches.</summary>
internal sealed class StoredSource(StoredDataset data) : ImageSource
{
    public override long Count => data.Count;

    public override LabelList? Labels => data.Labels;

    public override IEnumerable<SourceImage> Images()
    {
        for (long i = 0; i < data.Count; i++)
        {
            var index = i;
            yield return new SourceImage($"{data.Source}: image {index + 1}", () => Read(index));
        }
    }

    public override void Dispose() => data.Dispose();

    private DecodedImage Read(long index)
    {
        var pixels = new byte[data.Height * data.Width * data.Channels];
        data.ReadImage(index, pixels);
        return new DecodedImage(data.Width, data.Height, data.Channels, pixels);
    }
}
