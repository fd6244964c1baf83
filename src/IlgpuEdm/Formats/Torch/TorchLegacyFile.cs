using System.Buffers.Binary;
using System.Numerics;
using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Formats.Torch;

/// <summary>
/// The layout of torch.save before PyTorch 1.6, also that of each tensor in a plain pickle: pickles of a magic number, the version, the
/// system and the object, then the storages' keys, then for each a count and its bytes.
/// </summary>
internal static class TorchLegacyFile
{
    private const int Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber);

    // PROTO 2, then LONG1 with the ten bytes of the magic number.
    private static ReadOnlySpan<byte> Start => [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    /// <summary>Whether bytes begin as such a file.</summary>
    public static bool IsStart(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Start);

    /// <summary>Reads such a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="budget">Bounds what is decoded again.</param>
    /// <param name="isNested">Whether it lies in a pickle.</param>
    /// <exception cref="FormatException">It is damaged, or holds what is not allowed.</exception>
    public static PickleValue Read(ReadOnlyMemory<byte> bytes, PickleBudget budget, bool isNested)
    {
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        var input = new PickleInput(bytes);
        var machine = new PickleMachine(input, new PickleCalls(budget, id => Find(storages, id), isNested));
        if (machine.Run() is not PickleInteger { Value: var magic } || magic != Magic)
        {
            throw new FormatException("it does not begin as a file of torch.save");
        }

        if (machine.Run() is not PickleInteger { Value: var version } || version != Version)
        {
            throw new FormatException("it is of a version of torch.save that is not known");
        }

        if (machine.Run() is not PickleDictionary system || system.Find("little_endian") is not PickleBoolean { Value: true })
        {
            throw new FormatException("it was written on a machine of another byte order");
        }

        var result = machine.Run();
        if (machine.Run() is not PickleList keys)
        {
            throw new FormatException("the list of its storages is missing");
        }

        Fill(storages, keys, input);
        return input.Left == 0 ? result : throw new FormatException($"{input.Left} bytes follow the last storage");
    }

    private static TorchStorage Find(Dictionary<string, TorchStorage> storages, PickleValue identifier)
    {
        var id = TorchStorageId.Parse(identifier);
        if (!storages.TryGetValue(id.Key, out var storage))
        {
            storages.Add(id.Key, storage = new TorchStorage(id.Type, id.Count, default));
        }

        return storage.Type == id.Type && storage.Count == id.Count
            ? storage
            : throw new FormatException($"the storage '{PickleLimits.Shown(id.Key)}' is named with two types or sizes");
    }

    private static void Fill(Dictionary<string, TorchStorage> storages, PickleList keys, PickleInput input)
    {
        var missing = storages.Count;
        var filled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys.Items)
        {
            if (PickleDictionary.Name(key) is not { } name || !storages.TryGetValue(name, out var storage) || !filled.Add(name))
            {
                throw new FormatException("the list of its storages names one that is not used, or one twice");
            }

            if (BinaryPrimitives.ReadInt64LittleEndian(input.Take(sizeof(long)).Span) != storage.Count)
            {
                throw new FormatException($"the storage '{PickleLimits.Shown(name)}' has another size than its tensors say");
            }

            storage.Bytes = input.Take((ulong)(storage.Count * storage.Type.ByteSize()));
            missing--;
        }

        if (missing > 0)
        {
            throw new FormatException("a storage is missing");
        }
    }
}
