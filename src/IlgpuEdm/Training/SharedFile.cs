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

    /// <summary>The file's bytes.</summary>
    /// <param name="path">The file, shorter than 2 GiB.</param>
    public static byte[] ReadAllBytes(string path)
    {
        using FileStream file = Open(path);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
