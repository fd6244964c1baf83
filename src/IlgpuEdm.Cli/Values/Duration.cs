using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>A span of time: <c>90s</c>, <c>5m</c> or <c>1.5h</c>.</summary>
internal readonly record struct Duration(double Seconds)
{
    public double Minutes => Seconds / 60;

    public override string ToString() => Seconds switch
    {
        > 0 when Seconds % 3600 == 0 => string.Create(CultureInfo.InvariantCulture, $"{Seconds / 3600}h"),
        > 0 when Seconds % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{Seconds / 60}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Seconds}s"),
    };

    /// <summary>Reads a span; a number without a unit counts in <paramref name="unitSeconds"/>.</summary>
    public static Duration? TryParse(string text, double unitSeconds)
    {
        (string number, double factor) = text.Length == 0 ? (text, unitSeconds) : text[^1] switch
        {
            's' => (text[..^1], 1),
            'm' => (text[..^1], 60),
            'h' => (text[..^1], 3600),
            _ => (text, unitSeconds),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value)
            ? new Duration(value * factor)
            : null;
    }
}
