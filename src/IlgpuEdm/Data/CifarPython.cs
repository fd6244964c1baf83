using System.Formats.Tar;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Data;

/// <summary>
/// Reads the Python versions of CIFAR-10 (data_batch_1 and so on) and CIFAR-100 (train): pickles of a dictionary with the images,
/// [N, 3072] bytes by planes of red, green and blue, and the labels. They are read as data; nothing in them is executed.
/// </summary>
internal static class CifarPython
{
    private const long LargestFile = 1L << 30;
    private const int PlaneBytes = CifarKind.Side * CifarKind.Side;

    private static readonly ImageShape Shape = new(CifarKind.Side, CifarKind.Side, 3);

    /// <summary>The data set of whose training files a path is one; null for others.</summary>
    public static CifarKind? KindOf(string path) => Path.GetFileName(path) is var name && name == "train" ? CifarKind.Hundred
        : name.StartsWith("data_batch_", StringComparison.Ordinal) && name[11..] is { Length: > 0 } number && number.All(char.IsAsciiDigit)
            ? CifarKind.Ten
        : null;

    /// <summary>Reads files one after the other, in the order of their numbers.</summary>
    public static StoredDataset OpenFiles(CifarKind kind, IEnumerable<string> paths, string name, string source) =>
        Build(kind, paths.Select(p => (p, (ReadOnlyMemory<byte>)FileBytes.Read(p))), name, source, p => p);

    /// <summary>Reads the files in a tar archive, whose entries the caller has listed.</summary>
    public static StoredDataset Open(
        CifarKind kind, IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files, string name, string path) =>
        Build(kind, files, name, path, n => $"{path}: {n}");

    /// <summary>The content of an entry of a tar archive.</summary>
    public static ReadOnlyMemory<byte> Content(TarEntry entry)
    {
        if (entry.Length > LargestFile)
        {
            throw new InvalidDataException($"{entry.Name} claims {entry.Length} bytes");
        }
        // The length is not to be believed before so many bytes have come.
        using var content = new MemoryStream();
        entry.DataStream?.CopyTo(content);
        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static StoredDataset Build(CifarKind kind, IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files, string name,
        string source, Func<string, string> nameForErrors)
    {
        var batches = files.OrderBy(f => f.Name.Length).ThenBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => Parse(kind, f.Content, nameForErrors(f.Name))).ToList();
        var labels = batches.SelectMany(b => b.Labels).ToArray();
        var store = new PixelStore(CifarKind.PixelBytes, labels.Length);
        var pixels = new byte[CifarKind.PixelBytes];
        long index = 0;
        foreach (var (planes, own) in batches)
        {
            for (var i = 0; i < own.Length; i++)
            {
                Interleave(planes.Span.Slice(i * CifarKind.PixelBytes, CifarKind.PixelBytes), pixels);
                store.Write(index++, pixels);
            }
        }
        var list = LabelList.OfClasses(labels, kind.Classes);
        return new StoredDataset(name, Path.GetFullPath(source), Shape, labels.Length, store, list);
    }

    private static (ReadOnlyMemory<byte> Planes, int[] Labels) Parse(CifarKind kind, ReadOnlyMemory<byte> content, string where)
    {
        var batch = PickleFile.Read(content, where) as PickleDictionary;
        var images = (batch?.Find("data") as PickleArray)?.Array;
        var labels = batch?.Find(kind == CifarKind.Ten ? "labels" : "fine_labels") as PickleList;
        if (images is null || labels is null || images.Type != SafetensorsType.U8
            || images.Shape is not [var count and > 0, CifarKind.PixelBytes] || labels.Items.Count != count)
        {
            throw new EdmException($"{where}: holds no {kind.Name} images with a label each; it is damaged or of another kind");
        }
        return (images.Bytes, [.. labels.Items.Select(Class)]);

        int Class(PickleValue value) => value is PickleInteger { Value: var number } && number >= 0 && number < kind.Classes
            ? (int)number
            : throw new EdmException($"{where}: a label is no class from 0 to {kind.Classes - 1}; it is damaged or of another kind");
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (var p = 0; p < PlaneBytes; p++)
        {
            for (var c = 0; c < 3; c++)
            {
                pixels[(3 * p) + c] = planes[(c * PlaneBytes) + p];
            }
        }
    }
}
