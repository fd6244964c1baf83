using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Opens data sets of every format that is read, recognised by content.</summary>
public static class Datasets
{
    /// <summary>
    /// Opens a data set and decodes it into memory: an IDX file (plain or .gz) or a folder of them (its train pair);
    /// the binary versions of CIFAR-10 and CIFAR-100 (a folder with data_batch_*.bin or train.bin, one such file, or the
    /// tar.gz); a folder or zip of images.
    /// </summary>
    /// <param name="path">A file or folder.</param>
    /// <returns>The data set, to be disposed of by the caller.</returns>
    /// <exception cref="EdmException">There is nothing, nothing known, or something truncated, damaged or inconsistent.</exception>
    public static IImageDataset Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new EdmException($"{(path.Length == 0 ? "(empty path)" : path)}: no such file or folder");
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

    /// <summary>What is in a folder as one array: IDX files or CIFAR's batches; null where it holds image files.</summary>
    internal static StoredDataset? OpenArrays(string path)
    {
        var name = DatasetName.Of(path);
        var files = Directory.GetFiles(path);
        Array.Sort(files, StringComparer.Ordinal);
        if (IdxFolder.TrainImages(path, files) is { } images)
        {
            return IdxReader.Open(images, name);
        }
        foreach (var kind in new[] { CifarKind.Ten, CifarKind.Hundred })
        {
            var batches = Array.FindAll(files, f => kind.IsBatchName(f) && (kind == CifarKind.Ten || IsOfKind(kind, f)));
            // What the archive unpacks to, named by the folder around it.
            var inner = Path.Combine(path, kind.Folder);
            if (batches.Length == 0 && Directory.Exists(inner))
            {
                batches = Array.FindAll(Directory.GetFiles(inner), kind.IsBatchName);
            }
            if (batches.Length > 0)
            {
                return CifarReader.OpenFiles(kind, batches, name, path);
            }
        }
        // The Python version's folder has to be named, since "train" may be anything.
        var python = Array.FindAll(files, f => CifarPython.KindOf(f) == CifarKind.Ten
            || (CifarPython.KindOf(f) == CifarKind.Hundred && files.Contains(Path.Combine(path, "meta"))));
        return python.Length > 0 ? CifarPython.OpenFiles(CifarPython.KindOf(python[0])!, python, name, path) : null;
    }

    // train.bin may be anything's name.
    private static bool IsOfKind(CifarKind kind, string path) => kind.IsRecords(FileContent.Sniff(path), new FileInfo(path).Length);

    private static StoredDataset OpenFolder(string path)
    {
        if (OpenArrays(path) is { } arrays)
        {
            return arrays;
        }
        using var collection = new FolderImages(path);
        return ImageCollectionReader.Open(collection, DatasetName.Of(path));
    }

    private static StoredDataset OpenFile(string path)
    {
        var name = DatasetName.Of(path);
        var head = FileContent.Sniff(path);
        if (FileContent.IsZip(head))
        {
            using var collection = new ZipImages(path);
            return ImageCollectionReader.Open(collection, name);
        }
        var packed = FileContent.IsGzip(head);
        var content = packed ? FileContent.SniffUnpacked(path) : head;
        if (FileContent.IsTar(content) || path.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
        {
            return CifarReader.OpenTar(path, name);
        }
        if (IdxReader.IsImages(content) || IdxReader.HasImagesName(path))
        {
            return IdxReader.Open(path, name);
        }
        if (!packed && CifarKind.OfFile(path, content, new FileInfo(path).Length) is { } kind)
        {
            return CifarReader.OpenFiles(kind, [path], name, path);
        }
        throw Unknown(path, content);
    }

    private static EdmException Unknown(string path, byte[] content)
    {
        if (IdxReader.IsLabels(content))
        {
            return new EdmException($"{path}: these are IDX labels; name the file of images beside it, or the folder");
        }
        if (ImageSignature.IsImage(content))
        {
            return new EdmException($"{path}: this is one image; name the folder or zip that holds the data set");
        }
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            return new EdmException($"{path}: the zip is truncated or damaged, or no zip at all; get it again");
        }
        if (FileContent.IsParquet(content))
        {
            return new EdmException($"{path}: a Parquet file; 'dataset convert' makes a data set of it");
        }
        return new EdmException(
            $"{path}: not a data set of a known format (IDX images, CIFAR binary version, zip or folder of images), or a damaged one");
    }
}
