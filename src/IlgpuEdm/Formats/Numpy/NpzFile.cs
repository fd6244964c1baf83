using System.IO.Compression;

namespace IlgpuEdm.Formats.Numpy;

/// <summary>Reads and writes .npz files: a zip of .npy files, stored or packed.</summary>
public static class NpzFile
{
    private const string Suffix = ".npy";

    /// <summary>Reads all arrays of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The arrays by name, in the file's order.</returns>
    /// <exception cref="EdmException">The file is missing, damaged, or holds something else than arrays of numbers.</exception>
    public static IReadOnlyDictionary<string, NumpyArray> Read(string path) => FileBytes.Open(path, stream =>
    {
        try
        {
            using var zip = new ZipContent(stream);
            return Read(zip);
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: not a file of NumPy's arrays: {OneLine.Of(error)}", error);
        }
    });

    /// <summary>Writes arrays as one file that is whole or absent; the same arrays give the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays with their names, in the order of the file.</param>
    /// <exception cref="EdmException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays) =>
        Write(path, arrays.Select(entry => (entry.Key + Suffix, (Action<Stream>)(stream => NpyFile.Write(stream, entry.Value)))));

    internal static void Write(string path, IEnumerable<(string Name, Action<Stream> Write)> entries) => AtomicFile.Write(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, write) in entries)
        {
            ZipContent.Add(archive, name, write);
        }
    });

    /// <summary>Whether an archive is one: all that it holds are arrays, but for the description that this program adds.</summary>
    internal static bool IsNpz(ZipContent zip) => zip.Names.Any() && zip.Names.All(n => n.EndsWith(Suffix, StringComparison.Ordinal)
        || n == TensorDescription.EntryName);

    internal static OrderedDictionary<string, NumpyArray> Read(ZipContent zip)
    {
        var arrays = new OrderedDictionary<string, NumpyArray>(StringComparer.Ordinal);
        foreach (var name in zip.Names.Where(n => n.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            try
            {
                arrays.Add(name[..^Suffix.Length], NpyFile.Parse(zip.Read(name)));
            }
            catch (FormatException error)
            {
                throw new FormatException($"'{Pickle.PickleLimits.Shown(name)}': {OneLine.Of(error)}", error);
            }
        }

        return arrays.Count > 0 ? arrays : throw new FormatException("it holds no .npy file");
    }
}
