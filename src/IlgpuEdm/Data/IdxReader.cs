using System.Buffers.Binary;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// Reads MNIST-style IDX files, plain or gzip: big-endian magic number 0x0803 (or 0x0804 with channels), the sizes, then one
/// byte a value; labels of magic number 0x0801 from the file beside it.
/// </summary>
internal static class IdxReader
{
    private const uint LabelsMagic = 0x0801;
    private const uint ImagesMagic = 0x0803;
    private const uint ChannelImagesMagic = 0x0804;
    private const int MaximumSide = 1 << 14;

    public static bool IsImages(ReadOnlySpan<byte> head) => Magic(head) is ImagesMagic or ChannelImagesMagic;

    public static bool IsLabels(ReadOnlySpan<byte> head) => Magic(head) == LabelsMagic;

    /// <summary>Whether a name is one that such files usually have, whatever is in the file.</summary>
    public static bool HasImagesName(string path) =>
        Path.GetFileName(path) is var name
        && name.Contains("images", StringComparison.OrdinalIgnoreCase)
        && name.Contains("idx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads images, and labels where there are any.</summary>
    public static StoredDataset Open(string path, string name)
    {
        var (shape, count, store) = ReadImages(path);
        try
        {
            var labelsPath = LabelsPath(path);
            var labels = labelsPath is null ? null : ReadLabels(labelsPath, path, count);
            return new StoredDataset(name, Path.GetFullPath(path), shape, count, store, LabelList.OfClasses(labels));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static (ImageShape Shape, long Count, PixelStore Store) ReadImages(string path)
    {
        using var reader = new CheckedReader(path);
        var header = reader.Read(4, "its header");
        if (!IsImages(header))
        {
            throw WrongMagic(path, header, "0x00000803 (IDX images)");
        }
        var dimensions = header[3];
        var sizes = reader.Read(4 * dimensions, "its header");
        long count = BinaryPrimitives.ReadUInt32BigEndian(sizes);
        long height = BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(4));
        long width = BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(8));
        long channels = dimensions == 4 ? BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(12)) : 1;
        if (count == 0 || height is 0 or > MaximumSide || width is 0 or > MaximumSide || channels is not (1 or 3))
        {
            throw new EdmException(
                $"{path}: its header says {count} images of {width}x{height} pixels with {channels} channels; it is damaged");
        }
        var shape = new ImageShape((int)height, (int)width, (int)channels);
        reader.RequireRoom(shape.Bytes, count, "image");
        var store = new PixelStore(shape.Bytes, count);
        try
        {
            var pixels = new byte[shape.Bytes];
            for (long i = 0; i < count; i++)
            {
                reader.Fill(pixels, "image", i, count);
                store.Write(i, pixels);
            }
            reader.ExpectEnd($"its {count} images");
            return (shape, count, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static int[] ReadLabels(string path, string imagesPath, long images)
    {
        using var reader = new CheckedReader(path);
        var header = reader.Read(8, "its header");
        if (!IsLabels(header))
        {
            throw WrongMagic(path, header, "0x00000801 (IDX labels)");
        }
        long count = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        if (count != images)
        {
            throw new EdmException(
                $"{path}: {count} labels, but {Path.GetFileName(imagesPath)} has {images} images; the two do not belong together");
        }
        var labels = new byte[images];
        reader.Fill(labels, "label list", 0, 1);
        reader.ExpectEnd($"its {count} labels");
        return Array.ConvertAll(labels, v => (int)v);
    }

    // train-images-idx3-ubyte.gz has its labels in train-labels-idx1-ubyte.gz, packed or not.
    private static string? LabelsPath(string imagesPath)
    {
        var name = Path.GetFileName(imagesPath);
        var labels = name.Replace("images", "labels", StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal);
        if (labels == name)
        {
            return null;
        }
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(imagesPath))!, labels);
        var plain = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
        return new[] { path, plain, plain + ".gz" }.FirstOrDefault(File.Exists);
    }

    private static EdmException WrongMagic(string path, byte[] header, string expected) =>
        new($"{path}: magic number 0x{Magic(header):x8} instead of {expected}; it is damaged or of another kind");

    private static uint Magic(ReadOnlySpan<byte> head) => head.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(head);
}
