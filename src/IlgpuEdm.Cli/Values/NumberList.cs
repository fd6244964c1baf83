using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>Numbers such as <c>0.05,0.1</c>, or none.</summary>
/// <param name="Numbers">The numbers.</param>
/// <param name="Text">As it was given.</param>
internal sealed record NumberList(IReadOnlyList<double> Numbers, string Text)
{
    public static NumberList None { get; } = new([], "none");

    public override string ToString() => Text;

    public static NumberList? TryParse(string text)
    {
        var numbers = new List<double>();
        foreach (string part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return new NumberList(numbers, text);
    }
}
