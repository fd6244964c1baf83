using System.Globalization;

namespace IlgpuEdm.Formats;

/// <summary>Numbers as they stand beside axes and in short facts: few digits, thousands as k and M.</summary>
internal static class NumberText
{
    /// <summary>Such as <c>0.25</c>, <c>12.8k</c>, <c>1.5M</c> or <c>2e-5</c>.</summary>
    /// <param name="value">A finite number.</param>
    public static string Short(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e10 or < 9.995e-4 => value.ToString("0.###e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal),
        >= 1e6 => FormattableString.Invariant($"{value / 1e6:0.###}M"),
        >= 1e3 => FormattableString.Invariant($"{value / 1e3:0.###}k"),
        _ => FormattableString.Invariant($"{value:0.######}"),
    };

    /// <summary>A whole number with commas between its thousands.</summary>
    /// <param name="value">The number.</param>
    public static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three digits of a number in a text, such as <c>0.826</c> or <c>171,000</c>; beyond as <see cref="Short"/>.</summary>
    /// <param name="value">A finite number.</param>
    public static string ThreeDigits(double value)
    {
        double rounded = double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Abs(rounded) is >= 1e-3 and < 1e6 ? rounded.ToString("#,0.#####", CultureInfo.InvariantCulture) : Short(rounded);
    }
}
