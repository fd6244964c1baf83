using System.Text.Json.Nodes;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Training;

/// <summary>Compares what two runs left behind, but for times.</summary>
internal static class RunComparison
{
    private static readonly string[] Times = ["images_per_second", "seconds", "total_seconds"];

    public static void AssertEqual(string expected, string actual) => AssertEqual(expected, actual, Times);

    /// <summary>Runs on different numbers of cores, of which each has scratch memory of its own.</summary>
    public static void AssertEqualButForMemory(string expected, string actual) => AssertEqual(expected, actual, [.. Times, "memory_mb"]);

    private static void AssertEqual(string expected, string actual, string[] excepted)
    {
        CollectionAssert.AreEqual(Jsonl(expected, excepted), Jsonl(actual, excepted), "stats.jsonl");
        CollectionAssert.AreEqual(Csv(expected, excepted), Csv(actual, excepted), "stats.csv");
        foreach (string pattern in new[] { "network-snapshot-*", "network-best*", "ema-*", "samples-*" })
        {
            CollectionAssert.AreEqual(Names(expected, pattern), Names(actual, pattern), pattern);
            foreach (string name in Names(expected, pattern))
            {
                CollectionAssert.AreEqual(
                    File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name)), name);
            }
        }

        // It tells of times, so that only its being there can be compared.
        CollectionAssert.AreEqual(Names(expected, "report.html"), Names(actual, "report.html"), "the report");
        AssertSameTensors(LastState(expected), LastState(actual));
        Assert.IsEmpty(Names(actual, "*.tmp*"), "no temporary is left");
    }

    public static string LastState(string folder) => Path.Combine(folder, Names(folder, "training-state-*.safetensors")[^1]);

    private static void AssertSameTensors(string expected, string actual)
    {
        Assert.AreEqual(Path.GetFileName(expected), Path.GetFileName(actual), "the last state");
        (SafetensorsFile one, SafetensorsFile two) = (SafetensorsFile.Read(expected), SafetensorsFile.Read(actual));
        foreach (string name in one.Tensors.Keys)
        {
            CollectionAssert.AreEqual(one.GetDoubles(name), two.GetDoubles(name), name);
        }
    }

    private static string[] Names(string folder, string pattern) =>
        Directory.GetFiles(folder, pattern).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray();

    private static string[] Jsonl(string folder, string[] excepted) => File.ReadAllLines(Path.Combine(folder, "stats.jsonl")).Select(line =>
    {
        JsonObject tick = JsonNode.Parse(line)!.AsObject();
        foreach (string name in tick.ContainsKey("score") ? ["score_seconds"] : excepted)
        {
            Assert.IsTrue(tick.Remove(name), $"the line has {name}");
        }

        return tick.ToJsonString();
    }).ToArray();

    private static string[] Csv(string folder, string[] excepted)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "stats.csv"));
        string[] header = lines[0].Split(',');
        return lines.Select(line => string.Join(',', line.Split(',').Where((_, i) => !excepted.Contains(header[i])))).ToArray();
    }
}
