namespace IlgpuEdm.Formats;

/// <summary>Recognises image files by their first bytes.</summary>
internal static class ImageSignature
{
    /// <summary>How many bytes from the start suffice.</summary>
    public const int Length = 12;

    public static bool IsImage(ReadOnlySpan<byte> data) => IsPng(data) || IsJpeg(data) || IsWebP(data) || IsBmp(data);

    public static bool IsBmp(ReadOnlySpan<byte> data) => data.StartsWith("BM"u8);

    public static bool IsPng(ReadOnlySpan<byte> data) => data.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

    private static bool IsJpeg(ReadOnlySpan<byte> data) => data.StartsWith<byte>([0xff, 0xd8, 0xff]);

    private static bool IsWebP(ReadOnlySpan<byte> data) =>
        data.Length >= Length && data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8);
}
