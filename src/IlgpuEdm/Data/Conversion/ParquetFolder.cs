namespace IlgpuEdm.Data.Conversion;

/// <summary>Finds Parquet files in a folder, such as a clone of a data set's repository on the Hugging Face hub.</summary>
internal static class ParquetFolder
{
    /// <summary>
    /// The files in the order of their names; where some are named after the training split (train-00000-of-00002.parquet), these alone.
    /// </summary>
    public static IReadOnlyList<string> Shards(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, MaxRecursionDepth = 8 };
        var files = Directory.EnumerateFiles(folder, "*.parquet", options)
            .Where(f => FileContent.IsParquet(FileContent.Sniff(f)))
            .Order(StringComparer.Ordinal).ToList();
        var train = files.FindAll(f => Path.GetFileName(f).StartsWith("train", StringComparison.Ordinal));
        return train.Count > 0 ? train : files;
    }
}
