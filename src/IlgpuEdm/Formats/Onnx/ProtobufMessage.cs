using Google.Protobuf;

namespace IlgpuEdm.Formats.Onnx;

/// <summary>
/// A protobuf message by the numbers of its fields, written in the order in which they are added. Its size is known before anything is
/// written, and large values are read one by one when their turn comes.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly List<Action<CodedOutputStream>> _fields = [];

    /// <summary>Bytes of the fields so far.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a whole number.</summary>
    public ProtobufMessage Add(int field, long value) => Add(
        field, WireFormat.WireType.Varint, CodedOutputStream.ComputeInt64Size(value), output => output.WriteInt64(value));

    /// <summary>Adds a float.</summary>
    public ProtobufMessage Add(int field, float value) => Add(
        field, WireFormat.WireType.Fixed32, sizeof(float), output => output.WriteFloat(value));

    /// <summary>Adds a text.</summary>
    public ProtobufMessage Add(int field, string value) => Add(
        field, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeStringSize(value), output => output.WriteString(value));

    /// <summary>Adds bytes that are read when they are written.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">How many.</param>
    /// <param name="read">Reads them.</param>
    public ProtobufMessage Add(int field, long length, Func<ReadOnlyMemory<byte>> read) => Add(
        field, WireFormat.WireType.LengthDelimited, SizeWithLength(length), output =>
        {
            var bytes = read();
            output.WriteBytes(bytes.Length == length
                ? UnsafeByteOperations.UnsafeWrap(bytes)
                : throw new InvalidOperationException($"{bytes.Length} bytes where {length} were announced"));
        });

    /// <summary>Adds a message that is complete.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage value)
    {
        var size = value.Size;
        return Add(field, WireFormat.WireType.LengthDelimited, SizeWithLength(size), output =>
        {
            output.WriteLength(checked((int)size));
            value.WriteFields(output);
        });
    }

    /// <summary>Writes the message.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    public void WriteTo(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        WriteFields(output);
    }

    private void WriteFields(CodedOutputStream output) => _fields.ForEach(write => write(output));

    private ProtobufMessage Add(int field, WireFormat.WireType type, long size, Action<CodedOutputStream> write)
    {
        Size += CodedOutputStream.ComputeTagSize(field) + size;
        _fields.Add(output =>
        {
            output.WriteTag(field, type);
            write(output);
        });
        return this;
    }

    private static long SizeWithLength(long length) => CodedOutputStream.ComputeInt64Size(length) + length;
}
