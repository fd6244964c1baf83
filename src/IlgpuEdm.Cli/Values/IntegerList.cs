using System.Globalization;

namespace IlgpuEdm.Cli.Values;

/// <summary>Whole numbers such as <c>1,2,2</c>, or a word that stands for a list.</summary>
/// <param name="Numbers">The numbers; null where the list follows from something else (<c>auto</c>).</param>
/// <param name="Text">As it was given.</param>
internal sealed record IntegerList(IReadOnlyList<int>? Numbers, string Text)
{
    public override string ToString() => Text;

    public static IntegerList? TryParse(string text)
    {
        var numbers = new List<int>();
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                return null;
            }

            numbers.Add(number);
        }

        return new IntegerList(numbers, text);
    }

    /// <summary>Reads attention resolutions: numbers, <c>auto</c> (the lowest level) or <c>none</c>.</summary>
    public static IntegerList? TryParseAttention(string text) => text switch
    {
        "auto" => new IntegerList(null, text),
        "none" => new IntegerList([], text),
        _ => TryParse(text),
    };
}
