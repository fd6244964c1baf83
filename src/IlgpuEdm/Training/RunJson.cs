using System.Text.Encodings.Web;
using System.Text.Json;

namespace IlgpuEdm.Training;

/// <summary>How the project's records look as JSON: snake_case names, numbers that read back to the same bits.</summary>
public static class RunJson
{
    /// <summary>For files that people read: one value a line.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>For metadata and JSON lines: all on one line.</summary>
    public static JsonSerializerOptions Compact { get; } = Create(indented: false);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = indented,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
