using System.Buffers.Binary;
using System.IO.Compression;

namespace IlgpuEdm.Formats;

/// <summary>
/// Decodes the PNG files that data sets consist of (8 bits, grey or RGB, not interlaced, nothing transparent) several times
/// faster than libvips, whose set-up costs more than a small image. Whatever is unusual or damaged is left to libvips.
/// </summary>
internal static class PlainPngDecoder
{
    private const int SignatureBytes = 8;
    private const int ChunkOverhead = 12;
    private const int MaximumBytes = 1 << 26;

    /// <summary>The image, or null where libvips shall look at the file.</summary>
    public static DecodedImage? TryDecode(ReadOnlySpan<byte> data)
    {
        if (ReadChunks(data) is not var (width, height, channels, packed))
        {
            return null;
        }
        try
        {
            var rowBytes = width * channels;
            var filtered = GC.AllocateUninitializedArray<byte>((rowBytes + 1) * height);
            using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
            inflate.ReadExactly(filtered);
            // Only the end of the stream brings its checksum.
            if (inflate.ReadByte() != -1)
            {
                return null;
            }
            var pixels = GC.AllocateUninitializedArray<byte>(rowBytes * height);
            return Unfilter(filtered, pixels, rowBytes, channels) ? new DecodedImage(width, height, channels, pixels) : null;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }

    private static (int Width, int Height, int Channels, MemoryStream Packed)? ReadChunks(ReadOnlySpan<byte> data)
    {
        (int Width, int Height, int Channels)? size = null;
        var packed = new MemoryStream();
        var position = SignatureBytes;
        while (data.Length - position >= ChunkOverhead)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data[position..]);
            if (length > data.Length - position - ChunkOverhead)
            {
                return null;
            }
            var checkedPart = data.Slice(position + 4, 4 + (int)length);
            if (Crc32.Compute(checkedPart) != BinaryPrimitives.ReadUInt32BigEndian(data[(position + 8 + (int)length)..]))
            {
                return null;
            }
            var type = checkedPart[..4];
            var content = checkedPart[4..];
            if (type.SequenceEqual("IHDR"u8))
            {
                size = Size(content);
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(content);
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                return null;
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                packed.Position = 0;
                return size is var (width, height, channels) ? (width, height, channels, packed) : null;
            }
            position += ChunkOverhead + (int)length;
        }
        return null;
    }

    private static (int Width, int Height, int Channels)? Size(ReadOnlySpan<byte> header)
    {
        // Bit depth 8, colour type grey or RGB, then the only compression and filter method there are, and no interlacing.
        if (header.Length != 13 || header[8] != 8 || header[9] is not (0 or 2) || !header[10..].SequenceEqual<byte>([0, 0, 0]))
        {
            return null;
        }
        var channels = header[9] == 0 ? 1 : 3;
        long width = BinaryPrimitives.ReadUInt32BigEndian(header);
        long height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return width > 0 && height > 0 && width < MaximumBytes && height < MaximumBytes && width * height * channels < MaximumBytes
            ? ((int)width, (int)height, channels)
            : null;
    }

    private static bool Unfilter(ReadOnlySpan<byte> filtered, Span<byte> pixels, int rowBytes, int channels)
    {
        ReadOnlySpan<byte> above = new byte[rowBytes];
        for (var start = 0; start < pixels.Length; start += rowBytes)
        {
            var filter = filtered[0];
            var source = filtered.Slice(1, rowBytes);
            var row = pixels.Slice(start, rowBytes);
            filtered = filtered[(rowBytes + 1)..];
            if (filter == 0)
            {
                source.CopyTo(row);
            }
            else if (filter <= 4)
            {
                for (var i = 0; i < rowBytes; i++)
                {
                    int left = i < channels ? 0 : row[i - channels];
                    int aboveLeft = i < channels ? 0 : above[i - channels];
                    row[i] = (byte)(source[i] + Prediction(filter, left, above[i], aboveLeft));
                }
            }
            else
            {
                return false;
            }
            above = row;
        }
        return true;
    }

    private static int Prediction(byte filter, int left, int above, int aboveLeft)
    {
        switch (filter)
        {
            case 1:
                return left;
            case 2:
                return above;
            case 3:
                return (left + above) / 2;
            default:
                // Paeth: of the three the one that is nearest to left + above - aboveLeft.
                var toLeft = Math.Abs(above - aboveLeft);
                var toAbove = Math.Abs(left - aboveLeft);
                var toAboveLeft = Math.Abs(left + above - (2 * aboveLeft));
                return toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft;
        }
    }
}
