using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IlgpuEdm.Formats;

/// <summary>
/// A safetensors file. The whole of it is checked when it is opened: length and JSON of the header, types, shapes, that the tensors cover
/// the data without hole or overlap, and the checksum where it has one. Its tensors are read when they are asked for, so the file must stay
/// as it is meanwhile.
/// </summary>
public sealed class SafetensorsFile
{
    private readonly OrderedDictionary<string, SafetensorsEntry> tensors;

    /// <summary>The same as if it had been read from a safetensors file, for contents that came from a file of another format.</summary>
    /// <param name="path">That file.</param>
    /// <param name="metadata">Texts that describe it.</param>
    /// <param name="entries">The tensors, each with its bytes, no two of one name.</param>
    internal SafetensorsFile(string path, IReadOnlyDictionary<string, string> metadata, IEnumerable<SafetensorsEntry> entries)
    {
        Path = path;
        Metadata = new Dictionary<string, string>(metadata).AsReadOnly();
        tensors = new OrderedDictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            tensors.Add(entry.Name, entry);
        }
    }

    /// <summary>The file, for messages.</summary>
    internal string Path { get; }

    /// <summary>The texts under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => tensors;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors and metadata.</returns>
    /// <exception cref="EdmException">The file is missing, unreadable, truncated or breaks the format's rules.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return Read(path, stream);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EdmException($"{path}: no such file", error);
        }
        catch (UnauthorizedAccessException error) when (Directory.Exists(path))
        {
            throw new EdmException($"{path}: this is a folder; name a .safetensors file in it", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"{path}: cannot be read ({OneLine.Of(error)})", error);
        }
        catch (FormatException error)
        {
            throw new EdmException(
                $"{path}: not a valid safetensors file: {OneLine.Of(error)}; it is truncated, corrupted or of another format", error);
        }
    }

    /// <summary>Says whether there is a tensor of that name.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>True where there is one.</returns>
    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>The shape of a tensor as the file has it.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A new array; empty for a scalar.</returns>
    /// <exception cref="EdmException">There is no such tensor.</exception>
    public int[] GetShape(string name) => [.. Find(name).Shape];

    /// <summary>The elements of a tensor as float32; wider ones are rounded, narrower ones widened.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="EdmException">There is no such tensor, or it is not of a floating-point type of 16 bits or more.</exception>
    public float[] GetFloats(string name)
    {
        RequireFloats(name);
        var entry = Find(name);
        var bytes = entry.Bytes.Span;
        return entry.Type switch
        {
            SafetensorsType.F32 => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            SafetensorsType.F64 => Convert<double, float>(bytes, v => (float)v),
            SafetensorsType.F16 => Convert<Half, float>(bytes, v => (float)v),
            SafetensorsType.BF16 => Convert<ushort, float>(bytes, v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
            _ => throw NotFloat(entry),
        };
    }

    /// <summary>The elements of a tensor as float64.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>A new array, row-major.</returns>
    /// <exception cref="EdmException">There is no such tensor, or it is not of a floating-point type of 16 bits or more.</exception>
    public double[] GetDoubles(string name)
    {
        var entry = Find(name);
        return entry.Type == SafetensorsType.F64
            ? MemoryMarshal.Cast<byte, double>(entry.Bytes.Span).ToArray()
            : Array.ConvertAll(GetFloats(name), v => (double)v);
    }

    /// <summary>The elements of a tensor as float32, by way of a buffer that serves many tensors.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="buffer">At least four bytes an element; what it held is lost.</param>
    /// <returns>The elements, row-major, until the buffer's next use.</returns>
    /// <exception cref="EdmException">There is no such tensor, or it is not of a floating-point type of 16 bits or more.</exception>
    internal ReadOnlySpan<float> GetFloats(string name, byte[] buffer)
    {
        var entry = Find(name);
        if (entry.Type != SafetensorsType.F32)
        {
            return GetFloats(name);
        }

        var bytes = buffer.AsMemory(0, (int)(entry.End - entry.Begin));
        entry.CopyTo(bytes);
        return MemoryMarshal.Cast<byte, float>(bytes.Span);
    }

    /// <summary>Checks that a tensor's elements can be had as floats, without reading them.</summary>
    /// <exception cref="EdmException">There is no such tensor, or it is not of a floating-point type of 16 bits or more.</exception>
    internal void RequireFloats(string name)
    {
        var entry = Find(name);
        if (entry.Type is not (SafetensorsType.F64 or SafetensorsType.F32 or SafetensorsType.F16 or SafetensorsType.BF16))
        {
            throw NotFloat(entry);
        }
    }

    private static SafetensorsFile Read(string path, FileStream stream)
    {
        var length = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (length < prefix.Length + 2)
        {
            throw new FormatException($"it has only {length} bytes");
        }
        stream.ReadExactly(prefix);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > SafetensorsHeader.MaximumBytes)
        {
            throw new FormatException($"its first 8 bytes give a header of {headerBytes} bytes, more than the allowed 100 MB");
        }
        var dataStart = prefix.Length + (long)headerBytes;
        if (dataStart > length)
        {
            throw new FormatException($"its header of {headerBytes} bytes ends behind the end of the file ({length} bytes)");
        }
        var header = new byte[(int)headerBytes];
        stream.ReadExactly(header);
        var (metadata, entries) = SafetensorsHeader.Parse(header, length - dataStart);
        SafetensorsChecksum.Check(metadata, header, stream);
        var data = new SafetensorsData(path, stream, dataStart);
        foreach (var entry in entries)
        {
            entry.ReadFrom(data);
        }
        return new SafetensorsFile(path, metadata, entries);
    }

    private static TOut[] Convert<TIn, TOut>(ReadOnlySpan<byte> bytes, Func<TIn, TOut> convert) where TIn : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, TIn>(bytes);
        var result = new TOut[source.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = convert(source[i]);
        }
        return result;
    }

    private SafetensorsEntry Find(string name) =>
        tensors.TryGetValue(name, out var entry) ? entry : throw new EdmException($"{Path}: there is no tensor '{name}' in this file");

    private EdmException NotFloat(SafetensorsEntry entry) =>
        new($"{Path}: tensor '{entry.Name}' is of type {entry.Type.FileName()}, where floating-point numbers were expected");
}
