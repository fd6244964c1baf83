using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>What <c>train</c> and <c>demo</c> do alike: show the options, train, say what was written.</summary>
internal static class TrainingRunner
{
    public static TrainingResult Train(Terminal terminal, string root, RunOptions options, IImageDataset data, bool resume)
    {
        terminal.Rows(Describe(JsonSerializer.SerializeToElement(options, RunJson.Compact)));
        return TrainingDisplay.Show(terminal, (onLine, onProgress) =>
            new TrainingSession { OnLine = onLine, OnProgress = onProgress }.Run(root, options, data, resume, terminal.Stop));
    }

    public static void Summary(Terminal terminal, TrainingResult result) => terminal.Rows(new (string Name, string? Value)[]
    {
        ("snapshot", result.Snapshot),
        ("grid", result.Grid),
        ("curve", result.Curve),
    }.Where(row => row.Value is not null).Select(row => (row.Name, row.Value!)));

    private static IEnumerable<(string Name, string Value)> Describe(JsonElement options) => options.EnumerateObject()
        .Where(member => member.Value.ValueKind == JsonValueKind.Object)
        .SelectMany(group => group.Value.EnumerateObject())
        .SelectMany(member => member.Value.ValueKind == JsonValueKind.Object
            ? member.Value.EnumerateObject().Select(inner => ($"{member.Name}.{inner.Name}", Text(inner.Value)))
            : [(member.Name, Text(member.Value))]);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "-",
        _ => value.GetRawText(),
    };
}
