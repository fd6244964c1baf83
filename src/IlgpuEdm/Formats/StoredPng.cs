using System.Buffers.Binary;

namespace IlgpuEdm.Formats;

/// <summary>
/// Encodes PNG files without compression: quick to read in training, and the same bytes on every system whatever its
/// compression library does.
/// </summary>
internal static class StoredPng
{
    private const int LargestBlock = 65535;
    private const uint AdlerModulus = 65521;

    // So many bytes can be summed before the second sum may overflow 32 bits.
    private const int AdlerRun = 5552;

    /// <summary>Encodes an image of 1 or 3 channels.</summary>
    public static byte[] Encode(DecodedImage image)
    {
        var rowBytes = image.Width * image.Channels;
        var filtered = new byte[checked((rowBytes + 1) * image.Height)];
        for (var y = 0; y < image.Height; y++)
        {
            // The byte before each row names its filter; 0 is none.
            image.Pixels.AsSpan(y * rowBytes, rowBytes).CopyTo(filtered.AsSpan((y * (rowBytes + 1)) + 1));
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels == 1 ? 0 : 2);
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Deflate(filtered));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[checked(content.Length + 12)];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), Crc32.Compute(chunk.AsSpan(4, content.Length + 4)));
        png.Write(chunk);
    }

    // RFC 1950 and 1951: blocks that are stored as they are, then Adler's sum.
    private static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        var blocks = Math.Max(1, (bytes.Length + LargestBlock - 1) / LargestBlock);
        var result = new byte[checked(2 + (5 * blocks) + bytes.Length + 4)];
        result[0] = 0x78;
        result[1] = 0x01;
        var position = 2;
        for (var rest = bytes; ;)
        {
            var length = Math.Min(LargestBlock, rest.Length);
            result[position] = (byte)(length == rest.Length ? 1 : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(position + 1), (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(position + 3), (ushort)~length);
            rest[..length].CopyTo(result.AsSpan(position + 5));
            position += 5 + length;
            rest = rest[length..];
            if (rest.IsEmpty)
            {
                break;
            }
        }
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(position), Adler32(bytes));
        return result;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        uint low = 1, high = 0;
        while (!bytes.IsEmpty)
        {
            var run = bytes[..Math.Min(AdlerRun, bytes.Length)];
            foreach (var value in run)
            {
                low += value;
                high += low;
            }
            low %= AdlerModulus;
            high %= AdlerModulus;
            bytes = bytes[run.Length..];
        }
        return (high << 16) | low;
    }
}
