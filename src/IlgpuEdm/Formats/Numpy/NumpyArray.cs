namespace IlgpuEdm.Formats.Numpy;

/// <summary>A NumPy array: numbers of one type with a shape, as their bytes.</summary>
public sealed class NumpyArray
{
    internal const int MostDimensions = 32;

    private NumpyArray(SafetensorsType type, int[] shape, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        Shape = Array.AsReadOnly(shape);
        Bytes = bytes;
    }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its shape; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Its elements, row-major (NumPy's C order) and little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Makes an array of bytes that must be as many as type and shape need.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    internal static NumpyArray Create(SafetensorsType type, int[] shape, bool isFortran, ReadOnlyMemory<byte> bytes)
    {
        var size = ByteCount(type, shape);
        if (size != bytes.Length)
        {
            throw new FormatException($"an array of shape [{string.Join(",", shape)}] does not fit its {bytes.Length} bytes");
        }

        return new NumpyArray(type, shape, isFortran && shape.Length > 1 ? RowMajor(bytes, shape, type.ByteSize()) : bytes);
    }

    /// <summary>The bytes that an array needs.</summary>
    internal static Int128 ByteCount(SafetensorsType type, ReadOnlySpan<int> shape)
    {
        Int128 size = type.ByteSize();
        foreach (var dimension in shape)
        {
            size = Int128.Min(size * dimension, long.MaxValue);
        }

        return size;
    }

    // Fortran's order has the first index run fastest.
    private static byte[] RowMajor(ReadOnlyMemory<byte> bytes, int[] shape, int size)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        return Strided.Gather(bytes.Span, shape, strides, size);
    }
}
