using System.Buffers.Binary;

namespace IlgpuEdm.Formats;

/// <summary>Holds the size that a PNG file claims against the bytes that it has.</summary>
internal static class PngSize
{
    // Deflate cannot pack better than 1032 to 1; libvips would fill hundreds of megabytes before it missed the pixels.
    private const long MostPacked = 1032;

    /// <summary>Throws a FormatException where the file is too short for its pixels.</summary>
    public static void RequirePlausible(ReadOnlySpan<byte> data)
    {
        if (data.Length < 33 || !data[12..].StartsWith("IHDR"u8))
        {
            throw new FormatException("its header is cut off");
        }
        long width = BinaryPrimitives.ReadUInt32BigEndian(data[16..]);
        long height = BinaryPrimitives.ReadUInt32BigEndian(data[20..]);
        var channels = data[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        if ((Int128)width * channels * data[24] / 8 * height > data.Length * MostPacked)
        {
            throw new FormatException($"its {width}x{height} pixels cannot lie in {data.Length} bytes");
        }
    }
}
