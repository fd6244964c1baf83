namespace IlgpuEdm.Formats;

/// <summary>One tensor of a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, SafetensorsType type, int[] shape, long begin, long end)
    {
        Name = name;
        Type = type;
        Shape = Array.AsReadOnly(shape);
        Begin = begin;
        End = end;
    }

    /// <summary>A tensor that came from a file of another format.</summary>
    internal SafetensorsEntry(string name, SafetensorsType type, IReadOnlyList<int> shape, ReadOnlyMemory<byte> bytes)
        : this(name, type, [.. shape], 0, bytes.Length) => Bytes = bytes;

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its shape as the file has it (PyTorch's order); empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Its elements, row-major and little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; internal set; }

    /// <summary>Number of elements.</summary>
    public long ElementCount => (End - Begin) / Type.ByteSize();

    // Where the tensor lies in the data part of the file.
    internal long Begin { get; }

    internal long End { get; }
}
