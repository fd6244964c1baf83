using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Formats.Torch;

/// <summary>Numbers of one type in a row, which tensors of PyTorch look into.</summary>
public sealed class TorchStorage : PickleValue
{
    private static readonly (string Name, SafetensorsType Type)[] Types =
    [
        ("FloatStorage", SafetensorsType.F32), ("DoubleStorage", SafetensorsType.F64), ("HalfStorage", SafetensorsType.F16),
        ("BFloat16Storage", SafetensorsType.BF16), ("LongStorage", SafetensorsType.I64), ("IntStorage", SafetensorsType.I32),
        ("ShortStorage", SafetensorsType.I16), ("CharStorage", SafetensorsType.I8), ("ByteStorage", SafetensorsType.U8),
        ("BoolStorage", SafetensorsType.Bool),
    ];

    internal TorchStorage(SafetensorsType type, long count, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        Count = count;
        Bytes = bytes;
    }

    /// <summary>The type of the numbers.</summary>
    public SafetensorsType Type { get; }

    /// <summary>How many there are.</summary>
    public long Count { get; }

    /// <summary>Their bytes, little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; internal set; }

    /// <inheritdoc/>
    public override string Kind => "a storage of numbers";

    /// <summary>The element type of a storage class such as <c>torch.FloatStorage</c>.</summary>
    internal static SafetensorsType ElementType(PickleGlobal global) =>
        Types.First(row => global.Name == "torch." + row.Name).Type;

    /// <summary>The storage class of an element type; null where PyTorch has none.</summary>
    internal static string? ClassName(SafetensorsType type) =>
        Types.Where(row => row.Type == type).Select(row => row.Name).FirstOrDefault();
}

/// <summary>What a persistent identifier of torch.save names: a storage's type, key and number of elements.</summary>
internal readonly record struct TorchStorageId(SafetensorsType Type, string Key, long Count)
{
    /// <summary>Reads <c>('storage', class, key, location, count[, view])</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TorchStorageId Parse(PickleValue id)
    {
        if (id is not PickleList { Items: { Count: 5 or 6 } items }
            || PickleDictionary.Name(items[0]) != "storage" || PickleDictionary.Name(items[2]) is not { } key
            || items[1] is not PickleGlobal { Role: PickleGlobalKind.StorageType } type)
        {
            throw new FormatException("a persistent identifier is not that of a storage");
        }

        if (items.Count == 6 && items[5] is not PickleNone)
        {
            throw new FormatException("storages that look into others are not read");
        }

        return new TorchStorageId(TorchStorage.ElementType(type), key, PickleCalls.Number(items[4], 0, int.MaxValue));
    }

    /// <summary>Bytes of the storage.</summary>
    public long ByteCount => Count * Type.ByteSize();
}
