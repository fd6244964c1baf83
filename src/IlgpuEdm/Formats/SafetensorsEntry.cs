namespace IlgpuEdm.Formats;

/// <summary>One tensor of a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private SafetensorsData? _data;

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
        : this(name, type, [.. shape], 0, bytes.Length) => _bytes = bytes;

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its shape as the file has it (PyTorch's order); empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Its elements, row-major and little-endian; those of a safetensors file are read anew each time.</summary>
    /// <exception cref="EdmException">The file has changed or can no longer be read.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            if (_data is null)
            {
                return _bytes;
            }

            var bytes = GC.AllocateUninitializedArray<byte>((int)(End - Begin));
            _data.Read(this, bytes);
            return bytes;
        }
    }

    /// <summary>Number of elements.</summary>
    public long ElementCount => (End - Begin) / Type.ByteSize();

    // Where the tensor lies in the data part of the file.
    internal long Begin { get; }

    internal long End { get; }

    /// <summary>Says where the bytes come from.</summary>
    internal void ReadFrom(SafetensorsData data) => _data = data;

    /// <summary>Copies the bytes.</summary>
    /// <param name="target">Receives them; as long as the tensor.</param>
    internal void CopyTo(Memory<byte> target)
    {
        if (_data is null)
        {
            _bytes.CopyTo(target);
        }
        else
        {
            _data.Read(this, target);
        }
    }
}
