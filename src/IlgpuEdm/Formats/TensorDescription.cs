using System.Text.Json;

namespace IlgpuEdm.Formats;

/// <summary>
/// What safetensors files keep as metadata, in zips of tensors: one more entry with a JSON object of texts. PyTorch and NumPy pass it over.
/// </summary>
internal static class TensorDescription
{
    /// <summary>The entry's name; in PyTorch's archives within their folder.</summary>
    public const string EntryName = "ilgpu-edm.json";

    // A description is short; what is longer is none of ours.
    private const int Longest = 1 << 20;

    public static byte[] ToJson(IReadOnlyDictionary<string, string> description) =>
        JsonSerializer.SerializeToUtf8Bytes(description);

    /// <summary>Reads the entry where there is one.</summary>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static IReadOnlyDictionary<string, string> Read(ZipContent zip, string folder = "")
    {
        if (!zip.Has(folder + EntryName))
        {
            return new Dictionary<string, string>();
        }

        var bytes = zip.Read(folder + EntryName);
        try
        {
            var texts = bytes.Length <= Longest ? JsonSerializer.Deserialize<Dictionary<string, string?>>(bytes) : null;
            return texts is not null && !texts.ContainsValue(null)
                ? texts.ToDictionary(entry => entry.Key, entry => entry.Value!)
                : throw new FormatException($"the description '{EntryName}' is damaged");
        }
        catch (JsonException error)
        {
            throw new FormatException($"the description '{EntryName}' is damaged", error);
        }
    }
}
