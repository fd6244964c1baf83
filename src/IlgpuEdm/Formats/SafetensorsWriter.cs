using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IlgpuEdm.Formats;

/// <summary>
/// Collects tensors and metadata, then writes them as one safetensors file that is whole or absent. Wider elements come
/// first in the file (else in the order added), and the data starts at a multiple of 8, so every element is aligned.
/// </summary>
public sealed class SafetensorsWriter
{
    private readonly OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Sets a text of the file's metadata.</summary>
    /// <param name="key">Its key; a later value of the same key replaces an earlier one.</param>
    /// <param name="value">The text.</param>
    /// <returns>This writer.</returns>
    public SafetensorsWriter Metadata(string key, string value)
    {
        if (key == SafetensorsChecksum.Key)
        {
            throw new ArgumentException($"The writer sets '{key}' itself.", nameof(key));
        }
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        metadata[key] = value;
        return this;
    }

    /// <summary>Adds a float32 tensor. The memory is read when the file is written.</summary>
    /// <param name="name">Its name, which no other tensor of the file has.</param>
    /// <param name="data">Its elements, row-major.</param>
    /// <param name="shape">Its shape; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the data, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, ReadOnlyMemory<float> data, params int[] shape) =>
        Add(name, SafetensorsType.F32, shape, data.Length, stream => stream.Write(MemoryMarshal.AsBytes(data.Span)));

    /// <summary>Adds a float32 tensor that is computed while the file is written, so that not all need memory at once.</summary>
    /// <param name="name">Its name, which no other tensor of the file has.</param>
    /// <param name="data">
    /// Computes its elements, row-major; called twice, the same both times; they are read before it is called for another tensor.
    /// </param>
    /// <param name="shape">Its shape.</param>
    /// <returns>This writer.</returns>
    internal SafetensorsWriter Add(string name, Func<ReadOnlyMemory<float>> data, params int[] shape) =>
        Add(name, SafetensorsType.F32, shape, shape.Aggregate(1, (a, b) => checked(a * b)), stream =>
            stream.Write(MemoryMarshal.AsBytes(data().Span)));

    /// <summary>Adds a float64 tensor. The memory is read when the file is written.</summary>
    /// <param name="name">Its name, which no other tensor of the file has.</param>
    /// <param name="data">Its elements, row-major.</param>
    /// <param name="shape">Its shape; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the data, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, ReadOnlyMemory<double> data, params int[] shape) =>
        Add(name, SafetensorsType.F64, shape, data.Length, stream => stream.Write(MemoryMarshal.AsBytes(data.Span)));

    /// <summary>Adds an int64 tensor. The memory is read when the file is written.</summary>
    /// <param name="name">Its name, which no other tensor of the file has.</param>
    /// <param name="data">Its elements, row-major.</param>
    /// <param name="shape">Its shape; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the data, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, ReadOnlyMemory<long> data, params int[] shape) =>
        Add(name, SafetensorsType.I64, shape, data.Length, stream => stream.Write(MemoryMarshal.AsBytes(data.Span)));

    /// <summary>Adds a tensor of bytes. The memory is read when the file is written.</summary>
    /// <param name="name">Its name, which no other tensor of the file has.</param>
    /// <param name="data">Its elements, row-major.</param>
    /// <param name="shape">Its shape; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the data, or the name is taken.</exception>
    public SafetensorsWriter Add(string name, ReadOnlyMemory<byte> data, params int[] shape) =>
        Add(name, SafetensorsType.U8, shape, data.Length, stream => stream.Write(data.Span));

    /// <summary>Adds a tensor as it came from another file.</summary>
    /// <param name="entry">The tensor with its bytes.</param>
    /// <returns>This writer.</returns>
    internal SafetensorsWriter Add(SafetensorsEntry entry) =>
        Add(entry.Name, entry.Type, [.. entry.Shape], checked((int)entry.ElementCount), stream => stream.Write(entry.Bytes.Span));

    /// <summary>Writes the file: to a temporary file in the same folder, flushed to disk and renamed.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public void WriteTo(string path)
    {
        var ordered = tensors.OrderByDescending(t => t.Value.Type.ByteSize()).ToList();
        var header = Header(ordered);
        if (header.Length > SafetensorsHeader.MaximumBytes)
        {
            throw new EdmException($"{path}: the header would have {header.Length} bytes, more than the 100 MB that the format allows");
        }
        SafetensorsChecksum.Seal(header, WriteData);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            WriteData(stream);
        });

        void WriteData(Stream stream)
        {
            foreach (var (_, tensor) in ordered)
            {
                tensor.Write(stream);
            }
        }
    }

    private SafetensorsWriter Add(string name, SafetensorsType type, int[] shape, int count, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        Int128 expected = 1;
        foreach (var dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            expected = Int128.Min(expected * dimension, long.MaxValue);
        }
        if (expected != count)
        {
            throw new ArgumentException(
                $"Tensor '{name}' has {count} elements, which shape [{string.Join(",", shape)}] does not fit.", nameof(shape));
        }
        if (name == SafetensorsHeader.MetadataName || !tensors.TryAdd(name, new Tensor(type, [.. shape], count, write)))
        {
            throw new ArgumentException($"The tensor name '{name}' is taken.", nameof(name));
        }
        return this;
    }

    // The JSON object, padded with spaces so that the data behind it starts at a multiple of 8.
    private byte[] Header(List<KeyValuePair<string, Tensor>> ordered)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.MetadataName);
            json.WriteString(SafetensorsChecksum.Key, SafetensorsChecksum.Placeholder);
            foreach (var (key, value) in metadata)
            {
                json.WriteString(key, value);
            }
            json.WriteEndObject();
            long begin = 0;
            foreach (var (name, tensor) in ordered)
            {
                var end = begin + (long)tensor.Count * tensor.Type.ByteSize();
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type.FileName());
                WriteNumbers(json, "shape", tensor.Shape.Select(d => (long)d));
                WriteNumbers(json, "data_offsets", [begin, end]);
                json.WriteEndObject();
                begin = end;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }

    private sealed record Tensor(SafetensorsType Type, int[] Shape, int Count, Action<Stream> Write);
}
