using System.Text;

namespace IlgpuEdm.Training;

/// <summary>Reads files of a run that another process may be training: where the system locks open files, it is not kept from writing.</summary>
internal static class SharedFile
{
    /// <summary>The file's text.</summary>
    /// <param name="path">The file.</param>
    public static string ReadAllText(string path)
    {
        using FileStream file = Open(path);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The file's first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many; all where it is shorter.</param>
    public static byte[] ReadBytes(string path, int most)
    {
        using FileStream file = Open(path);
        byte[] bytes = new byte[Math.Min(file.Length, most)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
