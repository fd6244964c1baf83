namespace IlgpuEdm.Training;

/// <summary>Turns what the file system throws into one line that names the file.</summary>
internal static class FileErrors
{
    /// <summary>The cause in a few words; the system's messages repeat the path, which the caller says already.</summary>
    public static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied",
        FileNotFoundException or DirectoryNotFoundException => "not found",
        IOException io when IsDiskFull(io) => "the disk is full",
        _ => e.Message.ReplaceLineEndings(" "),
    };

    /// <summary>Runs <paramref name="write"/> and names <paramref name="path"/> where it fails.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="advice">What to do where it fails.</param>
    public static void Writing(string path, Action write, string advice = "nothing before it was lost, the same command resumes")
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"cannot write '{path}': {Reason(e)}; {advice}", e);
        }
    }

    /// <summary>Makes a folder where it is missing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="EdmException">It cannot be made, such as where a file is in the way.</exception>
    public static void MakeFolder(string path, string option)
    {
        for (string? part = Path.GetFullPath(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
            {
                string what = part == Path.GetFullPath(path) ? "it" : $"'{part}'";
                throw new EdmException($"cannot make the folder '{path}': {what} is a file; choose another {option}");
            }
        }

        Writing(path, () => Directory.CreateDirectory(path), $"choose another {option}");
    }

    // ENOSPC and EDQUOT on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsDiskFull(IOException e) => OperatingSystem.IsWindows()
        ? (e.HResult & 0xFFFF) is 112 or 39
        : e.HResult is 28 or 122 || e.Message.Contains("No space left", StringComparison.Ordinal);
}
