using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>Seeds as lists and ranges: <c>0-63,70</c>. A seed named twice counts once.</summary>
internal sealed record SeedList(IReadOnlyList<ulong> Seeds, string Text)
{
    private const int Most = 10_000_000;

    public override string ToString() => Text;

    public static SeedList? TryParse(string text)
    {
        var seeds = new List<ulong>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !Parse(ends[0], out ulong first) || !Parse(ends[^1], out ulong last) || last < first
                || last - first >= (ulong)(Most - seeds.Count))
            {
                return null;
            }

            for (ulong i = 0; i <= last - first; i++)
            {
                seeds.Add(first + i);
            }
        }

        return new SeedList(seeds.Distinct().ToArray(), text);
    }

    private static bool Parse(string text, out ulong seed) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
