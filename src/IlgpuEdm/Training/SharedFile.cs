using System.Text;

namespace IlgpuEdm.Training;

/// <summary>Reads files of a run that another process may be training: where the system locks open files, it is not kept from writing.</summary>
internal static class SharedFile
{
    /// <summary>The file's text.</summary>
    /// <param name="path">The file.</param>
    public static string ReadAllText(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
