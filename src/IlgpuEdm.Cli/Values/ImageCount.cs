using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>A number of images: <c>3200</c>, <c>200k</c> or <c>1.5M</c>, in powers of 1000.</summary>
internal readonly record struct ImageCount(long Images)
{
    public override string ToString() => Images switch
    {
        > 0 when Images % 1_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{Images / 1_000_000}M"),
        > 0 when Images % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{Images / 1_000}k"),
        _ => Images.ToString(CultureInfo.InvariantCulture),
    };

    public static ImageCount? TryParse(string text)
    {
        (string number, decimal factor) = text.Length == 0 ? (text, 1) : text[^1] switch
        {
            'k' or 'K' => (text[..^1], 1_000m),
            'M' => (text[..^1], 1_000_000m),
            _ => (text, 1m),
        };
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            && value <= 1_000_000_000_000m && decimal.IsInteger(value * factor)
            ? new ImageCount((long)(value * factor))
            : null;
    }
}
