using System.Text.RegularExpressions;

namespace IlgpuEdm.Tests.Devices;

/// <summary>The loops of a PTX text: what lies between a label and a jump back to it.</summary>
internal static partial class PtxLoops
{
    /// <summary>The texts of the loops that hold no other loop, in the order of the kernel's text.</summary>
    public static IReadOnlyList<string> Innermost(string text)
    {
        var lines = text.Split('\n');
        var labels = new Dictionary<string, int>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (Label().Match(lines[i]) is { Success: true } label)
            {
                labels[label.Groups["name"].Value] = i;
            }
        }

        var loops = new List<(int First, int Last)>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (Jump().Match(lines[i]) is { Success: true } jump && labels.TryGetValue(jump.Groups["name"].Value, out var to) && to <= i)
            {
                loops.Add((to, i));
            }
        }

        return
        [
            .. loops.Where(loop => !loops.Any(other => other != loop && other.First >= loop.First && other.Last <= loop.Last))
                .Distinct().OrderBy(loop => loop.First)
                .Select(loop => string.Join('\n', lines[loop.First..(loop.Last + 1)])),
        ];
    }

    /// <summary>The innermost loop with the most occurrences of an instruction.</summary>
    public static string Hottest(string text, string instruction) =>
        Innermost(text).MaxBy(loop => Count(loop, instruction)) ?? "";

    /// <summary>How often an instruction, or one that starts with its name, occurs.</summary>
    public static int Count(string text, string instruction) =>
        Regex.Count(text, $@"(?<![\w.]){Regex.Escape(instruction)}(?![\w])");

    /// <summary>Bytes of shared memory that a kernel declares.</summary>
    public static int SharedBytes(string text) => Shared().Matches(text).Sum(m => int.Parse(m.Groups["bytes"].Value));

    [GeneratedRegex(@"^\s*(?<name>L_\d+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bbra\s+(?<name>L_\d+)")]
    private static partial Regex Jump();

    [GeneratedRegex(@"\.shared\s+\.align\s+\d+\s+\.b8\s+\w+\[(?<bytes>\d+)\]")]
    private static partial Regex Shared();
}
