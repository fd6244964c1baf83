using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Named image files in one place, a folder or a zip, with dataset.json beside them or not.</summary>
internal abstract class ImageCollection : IDisposable
{
    public const string LabelsName = "dataset.json";

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];

    /// <summary>The images' names, parts separated by '/', in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; protected init; } = [];

    /// <summary>Whether <see cref="LabelsName"/> is there.</summary>
    public bool HasLabelsFile { get; protected init; }

    public abstract string Path { get; }

    /// <summary>The content of a file; safe from many threads.</summary>
    public abstract byte[] Read(string name);

    /// <summary>What to call a file in errors.</summary>
    public abstract string Describe(string name);

    public virtual void Dispose()
    {
    }

    public static bool IsImageName(string name) => Extensions.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    // What systems add to folders and archives on their own.
    protected static bool IsHidden(string name) =>
        name.Split('/').Any(part => part.StartsWith('.') || part == "__MACOSX");

    protected static List<string> Sorted(IEnumerable<string> names)
    {
        var list = names.ToList();
        list.Sort(StringComparer.Ordinal);
        return list;
    }
}

/// <summary>Image files in a folder and the folders below it.</summary>
internal sealed class FolderImages : ImageCollection
{
    private readonly string folder;

    public FolderImages(string folder)
    {
        this.folder = folder;
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = false,
            AttributesToSkip = FileAttributes.None,
            MaxRecursionDepth = 32,
        };
        var files = Sorted(Directory.EnumerateFiles(folder, "*", options)
            .Select(p => System.IO.Path.GetRelativePath(folder, p).Replace(System.IO.Path.DirectorySeparatorChar, '/'))
            .Where(n => !IsHidden(n)));
        HasLabelsFile = files.Contains(LabelsName);
        Names = files.FindAll(IsImageName);
        if (Names.Count == 0)
        {
            Names = files.FindAll(n => FileContent.IsImage(Describe(n)));
        }
    }

    public override string Path => folder;

    public override byte[] Read(string name) => File.ReadAllBytes(Describe(name));

    public override string Describe(string name) => System.IO.Path.Combine(folder, name);
}
