using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IlgpuEdm.Formats.Numpy;

/// <summary>Reads and writes .npy files: one array of numbers, in C or Fortran order; arrays of Python objects are refused.</summary>
public static class NpyFile
{
    // More than any header of numbers needs.
    private const int LongestHeader = 1 << 16;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array, in C order.</returns>
    /// <exception cref="EdmException">The file is missing, damaged, or holds something else than numbers.</exception>
    public static NumpyArray Read(string path)
    {
        var bytes = FileBytes.Read(path);
        try
        {
            return Parse(bytes);
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: not an array of numbers in NumPy's format: {OneLine.Of(error)}", error);
        }
    }

    /// <summary>Writes a file that is whole or absent, in C order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="EdmException">It cannot be written.</exception>
    public static void Write(string path, NumpyArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    /// <summary>An array of float32 numbers.</summary>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Its shape, which must fit them.</param>
    public static NumpyArray Array(ReadOnlySpan<float> values, params int[] shape) => Of(SafetensorsType.F32, values, shape);

    /// <summary>An array of float64 numbers.</summary>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Its shape, which must fit them.</param>
    public static NumpyArray Array(ReadOnlySpan<double> values, params int[] shape) => Of(SafetensorsType.F64, values, shape);

    /// <summary>An array of int64 numbers.</summary>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Its shape, which must fit them.</param>
    public static NumpyArray Array(ReadOnlySpan<long> values, params int[] shape) => Of(SafetensorsType.I64, values, shape);

    /// <summary>An array of bytes.</summary>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Its shape, which must fit them.</param>
    public static NumpyArray Array(ReadOnlySpan<byte> values, params int[] shape) => Of(SafetensorsType.U8, values, shape);

    internal static void Write(Stream stream, NumpyArray array)
    {
        stream.Write(NpyHeader.Create(array.Type, array.Shape));
        stream.Write(array.Bytes.Span);
    }

    /// <summary>Parses a whole file.</summary>
    /// <exception cref="FormatException">It is damaged or of another kind.</exception>
    internal static NumpyArray Parse(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < 12 || !bytes.StartsWith(Magic))
        {
            throw new FormatException("it does not begin as one");
        }

        var version = bytes[6];
        if (version is < 1 or > 3 || bytes[7] != 0)
        {
            throw new FormatException($"version {version}.{bytes[7]} is not known");
        }

        var (start, length) = version == 1
            ? (10, BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]))
            : (12, (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        if (length > Math.Min(bytes.Length - start, LongestHeader))
        {
            throw new FormatException($"a header of {length} bytes is claimed in a file of {bytes.Length}");
        }

        var (type, isFortran, shape) = NpyHeader.Parse(bytes.Slice(start, (int)length));
        return NumpyArray.Create(type, shape, isFortran, file[(start + (int)length)..]);
    }

    private static NumpyArray Of<T>(SafetensorsType type, ReadOnlySpan<T> values, int[] shape) where T : unmanaged
    {
        try
        {
            return NumpyArray.Create(type, [.. shape], false, MemoryMarshal.AsBytes(values).ToArray());
        }
        catch (FormatException error)
        {
            throw new ArgumentException(error.Message, nameof(shape), error);
        }
    }
}
