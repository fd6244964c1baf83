using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Data.Conversion;

/// <summary>Recognises what can be converted, by content.</summary>
internal static class ImageSources
{
    /// <summary>Opens a source.</summary>
    /// <exception cref="EdmException">There is nothing, nothing known, or something truncated, damaged or inconsistent.</exception>
    public static ImageSource Open(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new EdmException($"--source '{path}': no such file or folder");
        }
        try
        {
            return Directory.Exists(path) ? OpenFolder(path) : OpenFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new EdmException($"{path}: cannot be read ({OneLine.Of(error)})", error);
        }
    }

    private static ImageSource OpenFolder(string path)
    {
        if (Datasets.OpenArrays(path) is { } arrays)
        {
            return new StoredSource(arrays);
        }
        var shards = ParquetFolder.Shards(path);
        return shards.Count > 0 ? new ParquetSource(shards) : new CollectionSource(new FolderImages(path));
    }

    private static ImageSource OpenFile(string path)
    {
        var head = FileContent.Sniff(path);
        if (FileContent.IsParquet(head))
        {
            return new ParquetSource([path]);
        }
        if (!FileContent.IsZip(head))
        {
            return new StoredSource((StoredDataset)Datasets.Open(path));
        }
        return IsNpz(path) ? new ArraySource(path) : new CollectionSource(new ZipImages(path));
    }

    private static bool IsNpz(string path)
    {
        try
        {
            using var stream = FileContent.OpenPlain(path);
            using var zip = new ZipContent(stream);
            return NpzFile.IsNpz(zip);
        }
        catch (FormatException)
        {
            // Whoever reads it says what is wrong.
            return false;
        }
    }
}
