using System.Text;

namespace IlgpuEdm.Formats;

/// <summary>Writes files that are whole or absent: to a temporary file beside the target, flushed to disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>What is appended to the target's name while its content is being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>
    /// Writes a file through a callback. Missing folders are made. Whatever goes wrong, an older file of that name stays as
    /// it was and the temporary file is deleted.
    /// </summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="write">Writes the content to the stream it is given; it need not flush or close it.</param>
    /// <exception cref="EdmException">The file cannot be written (full disk, missing rights, a folder of that name).</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var temporary = target + TemporarySuffix;
        var created = false;
        try
        {
            if (Directory.Exists(target))
            {
                throw new EdmException($"{path}: cannot be written, since a folder of that name exists; remove it or choose another name");
            }
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                created = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error)
        {
            if (created)
            {
                DeleteQuietly(temporary);
            }
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new EdmException(
                    $"{path}: cannot be written ({OneLine.Of(error)}); check the free space and the rights of the folder", error);
            }
            throw;
        }
    }

    /// <summary>Writes a text file, UTF-8 without a byte order mark, as <see cref="Write"/> does.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="text">Its whole content.</param>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public static void WriteAllText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
        Write(path, stream => stream.Write(bytes));
    }

    // The first error is the one to tell; a temporary file that stays is overwritten by the next attempt.
    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
