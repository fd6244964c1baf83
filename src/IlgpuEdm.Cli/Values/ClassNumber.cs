using System.Globalization;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli.Values;

/// <summary>Classes: a number from 0, or a word.</summary>
internal static class ClassNumber
{
    public const string Rule = "a class from 0, all or random";

    /// <summary>Reads a number, <c>random</c> or <c>all</c>.</summary>
    public static ClassChoice? Choice(string text) => text switch
    {
        "random" => ClassChoice.Random,
        "all" => ClassChoice.All,
        _ => TryParse(text) is { } number ? ClassChoice.Of(number) : null,
    };

    /// <summary>Reads a number, <c>data</c> or <c>none</c>.</summary>
    public static LabelChoice? Label(string text) => text switch
    {
        "data" => LabelChoice.Data,
        "none" => LabelChoice.None,
        _ => TryParse(text) is { } number ? LabelChoice.Of(number) : null,
    };

    private static int? TryParse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
