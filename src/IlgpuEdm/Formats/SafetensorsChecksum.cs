using System.Security.Cryptography;
using System.Text;

namespace IlgpuEdm.Formats;

/// <summary>
/// A SHA-256 of a whole safetensors file in its own metadata, so that a flipped bit does not pass for a weight: the sum of header and data,
/// taken while its own digits are zeros. Files of others have none and are read without.
/// </summary>
internal static class SafetensorsChecksum
{
    /// <summary>The metadata key; the value is <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public const string Key = "checksum";

    private const string Start = "sha256:";

    /// <summary>The value that stands in the metadata while the sum is taken.</summary>
    public static string Placeholder { get; } = Start + new string('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Puts the sum of a file into its header.</summary>
    /// <param name="header">The header, with the placeholder.</param>
    /// <param name="writeData">Writes the data.</param>
    public static void Seal(byte[] header, Action<Stream> writeData)
    {
        var at = header.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Placeholder));
        using var sha = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        {
            stream.Write(header);
            writeData(stream);
        }

        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(sha.Hash!)).CopyTo(header.AsSpan(at + Start.Length));
    }

    /// <summary>Checks the sum of a file that has one.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="header">The file's header.</param>
    /// <param name="data">The file, behind its header.</param>
    /// <exception cref="FormatException">The sum is not that of the file.</exception>
    public static void Check(IReadOnlyDictionary<string, string> metadata, byte[] header, Stream data)
    {
        if (!metadata.TryGetValue(Key, out var value) || !value.StartsWith(Start, StringComparison.Ordinal))
        {
            return;
        }

        var blank = (byte[])header.Clone();
        var at = blank.AsSpan().IndexOf(Encoding.ASCII.GetBytes(value));
        if (at >= 0 && value.Length == Placeholder.Length)
        {
            blank.AsSpan(at + Start.Length, value.Length - Start.Length).Fill((byte)'0');
        }

        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(blank);
        var piece = new byte[1 << 16];
        for (int read; (read = data.Read(piece)) > 0;)
        {
            sha.AppendData(piece, 0, read);
        }

        if (value[Start.Length..] != Convert.ToHexStringLower(sha.GetHashAndReset()))
        {
            throw new FormatException("its checksum is not that of its contents");
        }
    }
}
