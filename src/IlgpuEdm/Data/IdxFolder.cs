namespace IlgpuEdm.Data;

/// <summary>Finds the training images in a folder of IDX files.</summary>
internal static class IdxFolder
{
    /// <summary>The file of training images; null where the folder holds no IDX images.</summary>
    public static string? TrainImages(string folder, IReadOnlyList<string> files)
    {
        // By name as well, so that a damaged training file is reported rather than the test file taken.
        var images = files.Where(f => IdxReader.HasImagesName(f) || IsIdx(f)).ToList();
        // Plain and packed side by side are one.
        images.RemoveAll(f => f.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) && images.Contains(f[..^3]));
        var train = images.FindAll(f => Path.GetFileName(f).Contains("train", StringComparison.OrdinalIgnoreCase));
        var candidates = train.Count > 0 ? train : images;
        if (candidates.Count > 1)
        {
            var names = string.Join(", ", candidates.Select(Path.GetFileName));
            throw new EdmException($"{folder}: holds several IDX files ({names}); name one of them");
        }
        return candidates.FirstOrDefault();
    }

    private static bool IsIdx(string path)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith('.') || ImageCollection.IsImageName(name))
        {
            return false;
        }
        var head = FileContent.Sniff(path);
        return IdxReader.IsImages(FileContent.IsGzip(head) ? FileContent.SniffUnpacked(path) : head);
    }
}
