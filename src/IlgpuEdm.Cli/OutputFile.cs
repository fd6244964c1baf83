namespace IlgpuEdm.Cli;

/// <summary>Checks of the file that a long job will write, found out before it rather than after.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a name under which no file can be written, and makes its folder.</summary>
    /// <param name="file">What --out says.</param>
    /// <param name="example">How such a file may be called.</param>
    public static void RequireWritable(string file, string example)
    {
        if (Directory.Exists(file))
        {
            throw new EdmException($"--out '{file}' is a folder; name a file, such as {example} in it");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"--out '{file}' cannot be written: its folder cannot be made; choose another file", e);
        }
    }
}
