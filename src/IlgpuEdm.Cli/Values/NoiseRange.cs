using System.Globalization;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli.Values;

/// <summary>Two noise levels such as <c>0.2,5</c>; the upper one may be <c>inf</c>.</summary>
internal static class NoiseRange
{
    public static SigmaInterval? TryParse(string text) =>
        text.Split(',') is [var low, var high] && Level(low) is { } from && double.IsFinite(from) && Level(high) is { } to && from <= to
            ? new SigmaInterval(from, to)
            : null;

    private static double? Level(string text) =>
        text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double level)
            && level >= 0 && double.IsFinite(level)
            ? level
            : null;
}
