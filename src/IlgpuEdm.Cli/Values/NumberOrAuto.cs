using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>A number, or <c>auto</c> where it is to be measured.</summary>
internal readonly record struct NumberOrAuto(double? Number)
{
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? "auto";

    public static NumberOrAuto? TryParse(string text) => text == "auto"
        ? new NumberOrAuto(null)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? new NumberOrAuto(number)
            : null;
}
