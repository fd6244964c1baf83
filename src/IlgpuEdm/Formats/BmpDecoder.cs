using System.Buffers.Binary;

namespace IlgpuEdm.Formats;

/// <summary>Decodes uncompressed BMP files: 1, 4 and 8 bits with a palette, 24 and 32 bits.</summary>
internal static class BmpDecoder
{
    private const int FileHeaderBytes = 14;

    /// <summary>Throws a FormatException with the reason alone.</summary>
    public static DecodedImage Decode(ReadOnlySpan<byte> data, long maximumBytes)
    {
        if (data.Length < FileHeaderBytes + 40)
        {
            throw new FormatException("its header is cut off");
        }
        var pixelStart = Unsigned(data, 10);
        var headerBytes = Unsigned(data, FileHeaderBytes);
        if (headerBytes is < 40 or > 124)
        {
            throw new FormatException($"its BMP header has the unknown size {headerBytes}");
        }
        var width = BinaryPrimitives.ReadInt32LittleEndian(data[18..]);
        var signedHeight = BinaryPrimitives.ReadInt32LittleEndian(data[22..]);
        var height = Math.Abs((long)signedHeight);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(data[28..]);
        var compression = Unsigned(data, 30);
        if (width < 1 || height < 1 || (Int128)width * height * 4 > maximumBytes)
        {
            throw new FormatException($"its {width}x{height} pixels are none or too many");
        }
        if (bits is not (1 or 4 or 8 or 24 or 32) || !(compression == 0 || (compression == 3 && bits == 32)))
        {
            throw new FormatException($"BMP with {bits} bits and compression {compression} is not supported; save it as PNG");
        }
        var rowBytes = ((width * (long)bits) + 31) / 32 * 4;
        if (pixelStart + (rowBytes * height) > data.Length)
        {
            throw new FormatException("its pixels are cut off");
        }
        var alpha = compression == 3 && CheckMasks(data, headerBytes);
        ReadOnlySpan<byte> palette = bits <= 8 ? Palette(data, headerBytes, bits) : [];
        var channels = bits <= 8 && IsGrey(palette) ? 1 : 3;
        var pixels = new byte[width * (int)height * channels];
        for (var y = 0; y < (int)height; y++)
        {
            // A positive height means that the rows lie from the bottom to the top.
            var row = signedHeight < 0 ? y : (int)height - 1 - y;
            var source = data.Slice((int)(pixelStart + (row * rowBytes)), (int)rowBytes);
            var target = pixels.AsSpan(y * width * channels, width * channels);
            if (bits <= 8)
            {
                ReadIndexed(source, bits, palette, target, channels);
            }
            else
            {
                ReadDirect(source, bits / 8, target, alpha);
            }
        }
        return new DecodedImage(width, (int)height, channels, pixels);
    }

    private static void ReadIndexed(ReadOnlySpan<byte> source, int bits, ReadOnlySpan<byte> palette, Span<byte> target, int channels)
    {
        for (var x = 0; x < target.Length / channels; x++)
        {
            var bit = x * bits;
            var index = (source[bit / 8] >> (8 - bits - (bit % 8))) & ((1 << bits) - 1);
            if ((index * 4) + 3 > palette.Length)
            {
                throw new FormatException($"a pixel uses colour {index}, which its palette lacks");
            }
            for (var c = 0; c < channels; c++)
            {
                target[(x * channels) + c] = palette[(index * 4) + 2 - c];
            }
        }
    }

    private static void ReadDirect(ReadOnlySpan<byte> source, int pixelBytes, Span<byte> target, bool alpha)
    {
        for (var x = 0; x < target.Length / 3; x++)
        {
            var pixel = source.Slice(x * pixelBytes, pixelBytes);
            for (var c = 0; c < 3; c++)
            {
                int value = pixel[2 - c];
                target[(x * 3) + c] = (byte)(alpha ? (((value * pixel[3]) + (255 * (255 - pixel[3])) + 127) / 255) : value);
            }
        }
    }

    // Only the usual order blue, green, red, alpha; says whether there is alpha.
    private static bool CheckMasks(ReadOnlySpan<byte> data, uint headerBytes)
    {
        const int masks = FileHeaderBytes + 40;
        if (data.Length < masks + 16
            || Unsigned(data, masks) != 0xff0000 || Unsigned(data, masks + 4) != 0xff00 || Unsigned(data, masks + 8) != 0xff)
        {
            throw new FormatException("BMP with unusual channel masks is not supported; save it as PNG");
        }
        return headerBytes >= 56 && Unsigned(data, masks + 12) == 0xff000000;
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> data, uint headerBytes, int bits)
    {
        var colours = Unsigned(data, 46);
        var count = colours == 0 || colours > 1u << bits ? 1 << bits : (int)colours;
        var start = FileHeaderBytes + (int)headerBytes;
        if (start + (count * 4) > data.Length)
        {
            throw new FormatException("its palette is cut off");
        }
        return data.Slice(start, count * 4);
    }

    private static bool IsGrey(ReadOnlySpan<byte> palette)
    {
        for (var i = 0; i < palette.Length; i += 4)
        {
            if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2])
            {
                return false;
            }
        }
        return true;
    }

    private static uint Unsigned(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data[offset..]);
}
