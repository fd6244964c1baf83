using System.Globalization;
using System.Numerics;

namespace IlgpuEdm.Diffusion;

/// <summary>Checks of numeric options; each names the option that is out of range.</summary>
internal static class OptionRange
{
    public static void Finite(string option, double value) => Require(option, value, double.IsFinite(value), "be a finite number");

    public static void Positive(string option, double value) =>
        Require(option, value, double.IsFinite(value) && value > 0, "be a finite number above 0");

    public static void NotNegative(string option, double value) =>
        Require(option, value, double.IsFinite(value) && value >= 0, "be a finite number of at least 0");

    public static void Fraction(string option, double value) => Require(option, value, value is >= 0 and < 1, "be at least 0 and below 1");

    public static void AtLeast(string option, int value, int minimum) =>
        Require(option, value, value >= minimum, string.Create(CultureInfo.InvariantCulture, $"be at least {minimum}"));

    public static void Above(string option, double value, string otherOption, double other) =>
        Require(option, value, value > other, string.Create(CultureInfo.InvariantCulture, $"be above {otherOption}, which is {other}"));

    public static void OneOf(string option, string value, IReadOnlyList<string> choices)
    {
        if (!choices.Contains(value))
        {
            throw new EdmException($"{option} {value} is not known; use {string.Join(", ", choices)}");
        }
    }

    private static void Require<T>(string option, T value, bool holds, string rule) where T : INumber<T>
    {
        if (!holds)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; it must {rule}."));
        }
    }
}
