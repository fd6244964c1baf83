namespace IlgpuEdm.Data;

/// <summary>Makes the short name of a data set from its path.</summary>
internal static class DatasetName
{
    private static readonly string[] Endings = [".gz", ".tar", ".tgz", ".zip", ".bin"];

    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = Path.GetFileName(full);
        if (File.Exists(full))
        {
            // The names of IDX files and batches are the same in all data sets; their folder tells which one it is.
            if (IdxReader.HasImagesName(full) || CifarKind.Ten.IsBatchName(full) || CifarKind.Hundred.IsBatchName(full))
            {
                name = Path.GetFileName(Path.GetDirectoryName(full)) ?? "";
            }
            while (Array.Find(Endings, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } ending)
            {
                name = name[..^ending.Length];
            }
        }
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')).Trim('-', '.');
        return safe.Length == 0 ? "data" : safe;
    }
}
