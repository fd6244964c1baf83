using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Recognises files by their first bytes, and opens them, unpacked where they are gzip.</summary>
internal static class FileContent
{
    // A tar archive says so at byte 257.
    private const int SniffedBytes = 512;

    public static FileStream OpenPlain(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);

    /// <summary>Opens a file to read what is in it, through gzip if it is packed.</summary>
    public static Stream OpenUnpacked(string path)
    {
        var stream = OpenPlain(path);
        var head = Head(stream, 2);
        stream.Position = 0;
        return IsGzip(head) ? new BufferedStream(new CheckedGzipStream(stream), 1 << 16) : stream;
    }

    public static byte[] Sniff(string path)
    {
        using var stream = OpenPlain(path);
        return Head(stream, SniffedBytes);
    }

    /// <summary>The first bytes of what is in a gzip file; none where it is damaged.</summary>
    public static byte[] SniffUnpacked(string path)
    {
        try
        {
            using var stream = OpenUnpacked(path);
            return Head(stream, SniffedBytes);
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    public static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith<byte>([0x1f, 0x8b]);

    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x3\x4"u8) || head.StartsWith("PK\x5\x6"u8);

    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length > 262 && head[257..].StartsWith("ustar"u8);

    public static bool IsParquet(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    public static bool IsImage(string path)
    {
        using var stream = OpenPlain(path);
        return ImageSignature.IsImage(Head(stream, ImageSignature.Length));
    }

    private static byte[] Head(Stream stream, int length)
    {
        var head = new byte[length];
        return head[..stream.ReadAtLeast(head, length, throwOnEndOfStream: false)];
    }
}
