using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Decodes the images of a folder or zip on all cores, and checks that they have one size.</summary>
internal static class ImageCollectionReader
{
    public static StoredDataset Open(ImageCollection images, string name)
    {
        if (images.Names.Count == 0)
        {
            throw new EdmException($"{images.Path}: contains no image (PNG, JPEG, WebP or BMP), IDX file or data_batch_*.bin");
        }
        var labels = ImageLabels.Read(images);
        var first = Decode(images, images.Names[0]);
        var shape = new ImageShape(first.Height, first.Width, first.Channels);
        var store = new PixelStore(shape.Bytes, images.Names.Count);
        try
        {
            DecodeAll(images, shape, store);
            return new StoredDataset(name, Path.GetFullPath(images.Path), shape, images.Names.Count, store, labels);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static void DecodeAll(ImageCollection images, ImageShape shape, PixelStore store)
    {
        var gate = new Lock();
        (long Index, Exception Error)? worst = null;
        // Break lets every image before the failed one finish, so the error shown is always that of the first bad image.
        Parallel.For(0, images.Names.Count, (i, state) =>
        {
            try
            {
                var image = Decode(images, images.Names[i]);
                var own = new ImageShape(image.Height, image.Width, image.Channels);
                if (own != shape)
                {
                    throw new EdmException(
                        $"{images.Describe(images.Names[i])}: {own}, but {images.Names[0]} has {shape}; "
                        + "all images of a data set must have one size");
                }
                store.Write(i, image.Pixels);
            }
            catch (Exception error)
            {
                lock (gate)
                {
                    if (worst is not { } other || i < other.Index)
                    {
                        worst = (i, error);
                    }
                }
                state.Break();
            }
        });
        if (worst is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.Error);
        }
    }

    /// <summary>Reads and decodes one image; safe from many threads.</summary>
    public static DecodedImage Decode(ImageCollection images, string name)
    {
        byte[] data;
        try
        {
            data = images.Read(name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"{images.Describe(name)}: cannot be read ({OneLine.Of(error)})", error);
        }
        return ImageCodec.Default.Decode(data, images.Describe(name));
    }
}
