using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Formats.Torch;

/// <summary>
/// The layout of torch.save since PyTorch 1.6: a zip of stored entries with the pickle <c>data.pkl</c> and one entry <c>data/KEY</c>
/// for each
/// storage, all in one folder of any name.
/// </summary>
internal static class TorchZipFile
{
    public const string Pickle = "data.pkl";

    /// <summary>The folder of an archive; null where it is none of torch.save.</summary>
    public static string? Folder(ZipContent zip) => zip.Names
        .Where(name => name.EndsWith("/" + Pickle, StringComparison.Ordinal)).Select(name => name[..^Pickle.Length]).FirstOrDefault();

    /// <summary>Reads such a file.</summary>
    /// <exception cref="FormatException">It is damaged, or holds what is not allowed.</exception>
    public static PickleValue Read(ZipContent zip, string folder)
    {
        if (zip.Has(folder + "byteorder") && !zip.Read(folder + "byteorder").AsSpan().SequenceEqual("little"u8))
        {
            throw new FormatException("it was written on a machine of another byte order");
        }

        if (zip.Has(folder + "constants.pkl"))
        {
            throw new FormatException("it is a TorchScript program, not a file of torch.save");
        }

        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        var bytes = zip.Read(folder + Pickle);
        var input = new PickleInput(bytes);
        var value = new PickleMachine(input, new PickleCalls(new PickleBudget(bytes.Length), Find)).Run();
        return input.Left == 0 ? value : throw new FormatException($"{input.Left} bytes follow the end of {Pickle}");

        TorchStorage Find(PickleValue identifier)
        {
            var id = TorchStorageId.Parse(identifier);
            if (!storages.TryGetValue(id.Key, out var storage))
            {
                var data = zip.Read($"{folder}data/{id.Key}");
                storages.Add(id.Key, storage = new TorchStorage(id.Type, id.Count, data));
            }

            return storage.Type == id.Type && storage.Count == id.Count && storage.Bytes.Length == id.ByteCount
                ? storage
                : throw new FormatException($"the storage '{PickleLimits.Shown(id.Key)}' has another size than its tensors say");
        }
    }
}
