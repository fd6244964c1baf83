using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>What <c>train</c> and <c>demo</c> do alike: show the options, train, say what was written.</summary>
internal static class TrainingRunner
{
    public static TrainingResult Train(Terminal terminal, string root, RunOptions options, IImageDataset data, bool resume)
    {
        Print(terminal, options);
        return TrainingDisplay.Show(terminal, (onLine, onProgress) => new TrainingSession
        {
            OnLine = onLine,
            OnProgress = onProgress,
            OpenScore = TrainingScore.Open,
        }.Run(root, options, data, resume, terminal.Stop));
    }

    /// <summary>Prints all options of a run.</summary>
    public static void Print(Terminal terminal, RunOptions options)
    {
        JsonElement json = JsonSerializer.SerializeToElement(options, RunJson.Compact);
        terminal.Rows(json.EnumerateObject().Where(group => group.Value.ValueKind == JsonValueKind.Object)
            .SelectMany(group => group.Value.EnumerateObject().SelectMany(member => Describe(member.Name, member.Value))));
    }

    public static void Summary(Terminal terminal, TrainingResult result) => terminal.Rows(new (string Name, string? Value)[]
    {
        ("snapshot", result.Snapshot),
        ("grid", result.Grid),
        ("curve", result.Curve),
        ("best score", result.Best),
        ("report", result.Report),
    }.Where(row => row.Value is not null).Select(row => (row.Name, row.Value!)));

    private static IEnumerable<(string Name, string Value)> Describe(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().SelectMany(member => Describe($"{name}.{member.Name}", member.Value))
            : [(name, Text(value))];

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "-",
        _ => value.GetRawText(),
    };
}
