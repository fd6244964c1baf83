using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Formats.Torch;

/// <summary>A tensor of PyTorch: where in a storage its elements lie.</summary>
public sealed class TorchTensor : PickleValue
{
    private const int MostDimensions = 64;
    private readonly long offset;
    private readonly long[] strides;
    private readonly long count;

    private TorchTensor(TorchStorage storage, long offset, int[] shape, long[] strides, long count)
    {
        Storage = storage;
        this.offset = offset;
        Shape = Array.AsReadOnly(shape);
        this.strides = strides;
        this.count = count;
    }

    /// <summary>The storage.</summary>
    public TorchStorage Storage { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type => Storage.Type;

    /// <summary>Its shape; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <inheritdoc/>
    public override string Kind => "a tensor";

    /// <summary>Bytes of all elements.</summary>
    internal long ByteCount => count * Type.ByteSize();

    /// <summary>The elements, row-major and little-endian; a copy only where they lie otherwise.</summary>
    /// <returns>The bytes.</returns>
    public ReadOnlyMemory<byte> ToRowMajor()
    {
        if (count == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var size = Type.ByteSize();
        var from = Storage.Bytes[checked((int)(offset * size))..];
        return IsContiguous() ? from[..(int)ByteCount] : Strided.Gather(from.Span, [.. Shape], strides, size);
    }

    /// <summary>Puts a tensor together: storage, offset, shape, strides; what else PyTorch notes is of no meaning here.</summary>
    /// <exception cref="FormatException">It does not lie in its storage.</exception>
    internal static TorchTensor Rebuild(PickleList arguments)
    {
        var storage = PickleCalls.Argument<TorchStorage>(arguments, 0);
        var offset = PickleCalls.Number(PickleCalls.Argument<PickleValue>(arguments, 1), 0, storage.Count);
        var sizes = PickleCalls.Argument<PickleList>(arguments, 2).Items;
        var steps = PickleCalls.Argument<PickleList>(arguments, 3).Items;
        if (sizes.Count > MostDimensions || sizes.Count != steps.Count)
        {
            throw new FormatException($"a tensor has {sizes.Count} sizes and {steps.Count} strides");
        }

        var shape = new int[sizes.Count];
        var strides = new long[sizes.Count];
        Int128 count = 1;
        Int128 last = offset;
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = (int)PickleCalls.Number(sizes[i], 0, int.MaxValue);
            strides[i] = PickleCalls.Number(steps[i]);
            count = Int128.Min(count * shape[i], long.MaxValue);
            last = Int128.Min(last + (Int128)(shape[i] - 1) * strides[i], long.MaxValue);
        }

        // A tensor that shows elements more than once could be of any size.
        if (!shape.Contains(0) && (last >= storage.Count || count > storage.Count))
        {
            throw new FormatException(
                $"a tensor of shape [{string.Join(",", shape)}] does not lie in its storage of {storage.Count} elements");
        }

        return new TorchTensor(storage, offset, shape, strides, shape.Contains(0) ? 0 : (long)count);
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (var d = strides.Length - 1; d >= 0; d--)
        {
            if (Shape[d] != 1 && strides[d] != expected)
            {
                return false;
            }

            expected *= Shape[d];
        }

        return true;
    }
}
