using System.Security.Cryptography;

namespace IlgpuEdm.Formats;

/// <summary>Reads whole files, with errors that name them.</summary>
internal static class FileBytes
{
    /// <summary>All bytes of a file.</summary>
    /// <exception cref="EdmException">It is missing, a folder, unreadable or beyond 2 GB.</exception>
    public static byte[] Read(string path) => Open(path, stream =>
    {
        if (stream.Length > Array.MaxLength)
        {
            throw new EdmException($"{path}: {stream.Length} bytes are more than the 2 GB that this reader holds");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>The SHA-256 of a file, in hexadecimal digits.</summary>
    /// <exception cref="EdmException">It is missing, a folder or unreadable.</exception>
    public static string Hash(string path) => Open(path, stream => Convert.ToHexStringLower(SHA256.HashData(stream)));

    /// <summary>Does something with an open file.</summary>
    /// <exception cref="EdmException">It is missing, a folder or unreadable.</exception>
    public static T Open<T>(string path, Func<FileStream, T> use)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return use(stream);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EdmException($"{path}: no such file", error);
        }
        catch (UnauthorizedAccessException error) when (Directory.Exists(path))
        {
            throw new EdmException($"{path}: this is a folder; name a file in it", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"{path}: cannot be read ({OneLine.Of(error)})", error);
        }
    }
}
