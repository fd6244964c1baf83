using IlgpuEdm.Formats;

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
        return FileContent.IsZip(head) ? new CollectionSource(new ZipImages(path)) : new StoredSource((StoredDataset)Datasets.Open(path));
    }
}
