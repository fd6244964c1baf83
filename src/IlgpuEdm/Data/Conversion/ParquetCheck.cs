using System.Buffers.Binary;
using Parquet.Meta;

namespace IlgpuEdm.Data.Conversion;

/// <summary>
/// Checks what a Parquet file claims against its length, since the library takes memory for whatever is claimed, and may wait for it
/// without end.
/// </summary>
internal static class ParquetCheck
{
    private const int Magic = 4;

    // Headers of pages hold the least and the greatest value of the page too.
    private const int FirstWindow = 1 << 12;
    private const int LongestPageHeader = 1 << 20;

    // Each kind of pages has a header of its own, in the field of this number and the kind's: data, index, dictionary, data of version 2.
    private const int FirstHeader = 5;
    private const int LastHeader = 8;

    // What deflate can pack at best; Zstandard packs equal values better, but a page of these is short.
    private const long MostPacked = 1032;
    private const long ShortPage = 16 << 20;

    /// <summary>Checks the table of contents.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static void Footer(Stream stream)
    {
        var end = new byte[sizeof(int) + Magic];
        if (stream.Length < Magic + end.Length)
        {
            throw new InvalidDataException($"it has only {stream.Length} bytes");
        }
        stream.Position = stream.Length - end.Length;
        stream.ReadExactly(end);
        if (!end.AsSpan(sizeof(int)).SequenceEqual("PAR1"u8))
        {
            throw new InvalidDataException("it does not end with PAR1");
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (length > stream.Length - Magic - end.Length || length > Array.MaxLength)
        {
            throw new InvalidDataException($"it claims a table of contents of {length} bytes");
        }
        var footer = new byte[length];
        stream.Position = stream.Length - end.Length - length;
        stream.ReadExactly(footer);
        if (ThriftCheck.Struct(footer, ParquetShapes.Footer) is var used && used != length)
        {
            throw new InvalidDataException($"its table of contents has {used} bytes, not {length}");
        }
        stream.Position = 0;
    }

    /// <summary>Checks the headers of a column's pages.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="column">The column's description in the table of contents.</param>
    /// <param name="rows">Rows of the group, one value each.</param>
    /// <exception cref="InvalidDataException">A page does not fit in the file, or they have fewer values than there are rows.</exception>
    public static void Pages(Stream stream, ColumnMetaData column, long rows)
    {
        if (column.NumValues != rows)
        {
            throw new InvalidDataException($"a column has {column.NumValues} values for {rows} rows");
        }
        var at = column.DictionaryPageOffset is > 0 and var dictionary
            ? Math.Min(dictionary, column.DataPageOffset)
            : column.DataPageOffset;
        for (long values = 0; values < rows;)
        {
            var page = ReadHeader(stream, at);
            at += page.HeaderLength;
            var isPacked = column.Codec != CompressionCodec.UNCOMPRESSED && !page.IsPlain;
            var most = isPacked ? Math.Max(page.Packed * MostPacked, ShortPage) : page.Packed;
            if (page.Packed < 0 || page.Packed > stream.Length - at || page.Unpacked < 0 || page.Unpacked > most
                || page.Values < 0 || page.Values > rows - values || page.Entries < 0 || page.Entries > page.Unpacked
                || page.Levels < 0 || page.Levels > page.Packed)
            {
                throw new InvalidDataException(
                    $"a page claims {page.Packed} bytes that unpack to {page.Unpacked}, with {page.Values + page.Entries} values");
            }
            if (isPacked && column.Codec == CompressionCodec.SNAPPY && page.Levels < page.Packed
                && SnappyLength(stream, at + page.Levels) is var stated && stated > page.Unpacked)
            {
                throw new InvalidDataException($"a page of {page.Unpacked} bytes states that it unpacks to {stated}");
            }
            at += page.Packed;
            values += page.Values;
        }
    }

    // Snappy's data begin with the length of what is in them, 7 bits a byte.
    private static long SnappyLength(Stream stream, long at)
    {
        stream.Position = at;
        long length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = stream.ReadByte();
            length |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }
        return length;
    }

    private static PageSizes ReadHeader(Stream stream, long at)
    {
        if (at < Magic || at >= stream.Length)
        {
            throw new InvalidDataException("its pages lie outside of the file");
        }
        var window = new byte[(int)Math.Min(FirstWindow, stream.Length - at)];
        while (true)
        {
            stream.Position = at;
            stream.ReadExactly(window);
            try
            {
                return Parse(window);
            }
            catch (InvalidDataException) when (window.Length < LongestPageHeader && at + window.Length < stream.Length)
            {
                // Perhaps it is longer than what was read.
                window = new byte[(int)Math.Min(LongestPageHeader, stream.Length - at)];
            }
        }
    }

    private static PageSizes Parse(byte[] window)
    {
        var sizes = default(PageSizes);
        var (kind, hasHeader) = (-1L, false);
        var length = ThriftCheck.Struct(window, ParquetShapes.PageHeader, (parent, field, value) =>
        {
            switch (parent, field)
            {
                case (0, 1):
                    kind = value;
                    break;
                case (0, 2):
                    sizes.Unpacked = value;
                    break;
                case (0, 3):
                    sizes.Packed = value;
                    break;
                case (0, >= FirstHeader and <= LastHeader):
                    // Fields come in order, so that the kind is known by now.
                    if (field != FirstHeader + kind)
                    {
                        throw new InvalidDataException($"a page of kind {kind} has the header of kind {field - FirstHeader}");
                    }
                    hasHeader = true;
                    break;
                case (5 or 8, 1):
                    sizes.Values = value;
                    break;
                case (8, 5 or 6):
                    sizes.Levels += value;
                    break;
                case (8, 7):
                    sizes.IsPlain = value == 0;
                    break;
                case (7, 1):
                    sizes.Entries = value;
                    break;
            }
        });
        return hasHeader
            ? sizes with { HeaderLength = length }
            : throw new InvalidDataException($"a page of kind {kind} has no header of that kind");
    }

    // In a page of version 2 the levels, which are never packed, stand before the values, which may not be either.
    private record struct PageSizes(int HeaderLength, long Packed, long Unpacked, long Values, long Entries, long Levels, bool IsPlain);
}
