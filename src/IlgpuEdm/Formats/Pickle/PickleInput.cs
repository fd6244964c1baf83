using System.Buffers.Binary;
using System.Text;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>The bytes of a pickle and a place in them. A length is checked against what is left before anything is made of it.</summary>
internal sealed class PickleInput(ReadOnlyMemory<byte> data)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public int Position { get; set; }

    public int Left => data.Length - Position;

    public byte Byte() => Span(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Span(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Span(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Span(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Span(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Span(8));

    /// <summary>Bytes of a length that the pickle claims; they stay where they lie.</summary>
    public ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)Left)
        {
            throw new FormatException($"{length} bytes are claimed where {Left} are left");
        }

        var bytes = data.Slice(Position, (int)length);
        Position += (int)length;
        return bytes;
    }

    /// <summary>A text in UTF-8; Python lets halves of surrogate pairs through, this does not.</summary>
    public string Text(ulong length)
    {
        var bytes = Take(length);
        try
        {
            return Utf8.GetString(bytes.Span);
        }
        catch (ArgumentException error)
        {
            throw new FormatException("a text is not valid UTF-8", error);
        }
    }

    /// <summary>A text up to the end of the line, as names are written.</summary>
    public string Line()
    {
        var rest = data.Span[Position..];
        var length = rest[..Math.Min(rest.Length, PickleLimits.Name + 1)].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw new FormatException($"a name does not end within {PickleLimits.Name} bytes");
        }

        var text = Text((ulong)length);
        Position++;
        return text;
    }

    private ReadOnlySpan<byte> Span(int length) => Take((ulong)length).Span;
}
