using System.Text.Json;
using System.Text.Json.Serialization;

namespace IlgpuEdm.Formats;

/// <summary>Writes the values of an enumeration as words in snake case, as all names in files are.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
