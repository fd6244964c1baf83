using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>Pictures that the user names.</summary>
internal static class PngFile
{
    /// <summary>Refuses a name that cannot become a PNG, before anything is drawn: drawing may take hours.</summary>
    public static void Check(string path, string option) => Check(path, option, "PNG", ".png");

    /// <summary>Refuses a name that cannot become a file of a kind.</summary>
    public static void Check(string path, string option, string kind, string extension)
    {
        if (!path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) || Directory.Exists(path))
        {
            throw new EdmException($"{option} '{path}' must be the name of a {kind} file, ending in {extension}");
        }

        FileErrors.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!, option);
    }

    /// <summary>Writes pixels of 8 bits, whole or not at all.</summary>
    public static void Write(string path, byte[] pixels, int width, int height, int channels) =>
        WriteBytes(path, ImageCodec.Default.EncodePng(pixels, width, height, channels));

    /// <summary>Writes a file whole or not at all; folders that are missing are made.</summary>
    public static void WriteBytes(string path, byte[] bytes) => FileErrors.Writing(path, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }, "what was drawn before it is whole");
}
