using System.Text;
using System.Text.Json;

namespace IlgpuEdm.Formats;

/// <summary>Reads and checks the header of a safetensors file: a JSON object of tensors and metadata.</summary>
internal static class SafetensorsHeader
{
    public const long MaximumBytes = 100_000_000;
    public const string MetadataName = "__metadata__";

    /// <summary>Parses a header; throws with the reason alone, the caller says which file.</summary>
    public static (Dictionary<string, string> Metadata, List<SafetensorsEntry> Entries) Parse(byte[] header, long dataBytes)
    {
        if (header.Length == 0 || header[0] != (byte)'{')
        {
            throw new FormatException("the header is not a JSON object");
        }
        try
        {
            // Reports bad UTF-8, which the JSON reader would find only when a string is used.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(header);
            using var document = JsonDocument.Parse(header);
            return Parse(document.RootElement, dataBytes);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last is of names that hold half a character.
            throw new FormatException($"the header is not valid JSON: {OneLine.Of(error)}", error);
        }
    }

    private static (Dictionary<string, string> Metadata, List<SafetensorsEntry> Entries) Parse(JsonElement root, long dataBytes)
    {
        Dictionary<string, string>? metadata = null;
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            var name = property.Name;
            if (!names.Add(name))
            {
                throw new FormatException($"the name '{name}' is there twice");
            }
            if (name == MetadataName)
            {
                metadata = ReadMetadata(property.Value);
            }
            else
            {
                entries.Add(ReadEntry(name, property.Value, dataBytes));
            }
        }
        CheckCover(entries, dataBytes);
        return (metadata ?? [], entries);
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{MetadataName} is not a JSON object");
        }
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var text = Text(property.Value) ?? throw new FormatException($"metadata '{property.Name}' is not a string");
            if (!metadata.TryAdd(property.Name, text))
            {
                throw new FormatException($"metadata '{property.Name}' is there twice");
            }
        }
        return metadata;
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement value, long dataBytes)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype)
            || !value.TryGetProperty("shape", out var shape)
            || !value.TryGetProperty("data_offsets", out var offsets))
        {
            throw new FormatException($"tensor '{name}' lacks dtype, shape or data_offsets");
        }
        var fields = value.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ToList();
        if (fields.Zip(fields.Skip(1)).FirstOrDefault(pair => pair.First == pair.Second).First is { } twice)
        {
            throw new FormatException($"tensor '{name}' has '{twice}' twice");
        }
        var typeName = Text(dtype) ?? throw new FormatException($"tensor '{name}' has a dtype that is not a string");
        if (!SafetensorsTypes.TryParse(typeName, out var type))
        {
            throw new FormatException($"tensor '{name}' has the unknown dtype '{OneLine.Of(typeName)}'");
        }
        var dimensions = Numbers(shape, int.MaxValue) ?? throw new FormatException($"tensor '{name}' has a bad shape");
        var ends = Numbers(offsets, long.MaxValue);
        if (ends is not { Length: 2 } || ends[0] > ends[1] || ends[1] > dataBytes)
        {
            throw new FormatException($"tensor '{name}' has data_offsets outside the file (data: {dataBytes} bytes)");
        }
        Int128 bytes = type.ByteSize();
        foreach (var dimension in dimensions)
        {
            bytes = Int128.Min(bytes * dimension, long.MaxValue);
        }
        if (bytes != ends[1] - ends[0])
        {
            throw new FormatException(
                $"tensor '{name}' of type {typeName} and shape [{string.Join(",", dimensions)}] "
                + $"does not fit its {ends[1] - ends[0]} bytes");
        }
        if (bytes > Array.MaxLength)
        {
            throw new FormatException($"tensor '{name}' has more than 2 GB, which this reader does not hold");
        }
        return new SafetensorsEntry(name, type, Array.ConvertAll(dimensions, d => (int)d), ends[0], ends[1]);
    }

    // No hole, no overlap, nothing before the first tensor or after the last one.
    private static void CheckCover(List<SafetensorsEntry> entries, long dataBytes)
    {
        var sorted = entries.OrderBy(e => e.Begin).ThenBy(e => e.End);
        long end = 0;
        foreach (var entry in sorted)
        {
            if (entry.Begin != end)
            {
                throw new FormatException(
                    entry.Begin < end
                        ? $"tensor '{entry.Name}' overlaps another one"
                        : $"there is a hole of {entry.Begin - end} bytes before tensor '{entry.Name}'");
            }
            end = entry.End;
        }
        if (end != dataBytes)
        {
            throw new FormatException($"{dataBytes - end} bytes follow the last tensor");
        }
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static long[]? Numbers(JsonElement value, long maximum)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }
        var numbers = new List<long>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0 || number > maximum)
            {
                return null;
            }
            numbers.Add(number);
        }
        return numbers.ToArray();
    }
}
