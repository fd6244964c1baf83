using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IlgpuEdm.Cli.Values;

namespace IlgpuEdm.Cli;

/// <summary>Makes options whose values are read the same in every locale and whose errors are one clear line.</summary>
internal static class Options
{
    public static Option<string> Text(string name, string help, string value, string description) =>
        With(new Option<string>(name) { DefaultValueFactory = _ => value }, help, description);

    /// <summary>A file or folder; an empty name, such as that of a variable that is not set, is refused.</summary>
    public static Option<string> Location(string name, string help, string value, string description) =>
        NotEmpty(Text(name, help, value, description));

    public static Option<string> RequiredLocation(string name, string help, string description) =>
        NotEmpty(With(new Option<string>(name) { Required = true }, help, description));

    /// <summary>A file or folder that need not be given; the help says what is taken otherwise, or nothing where that is null.</summary>
    public static Option<string?> OptionalLocation(string name, string help, string description, string? otherwise = "none") =>
        NotEmpty(With(new Option<string?>(name), help, otherwise is null ? description : $"{description} [default: {otherwise}]"));

    public static Option<string> Choice(string name, string[] choices, string value, string description)
    {
        Option<string> option = Text(name, string.Join('|', choices), value, description);
        option.CustomParser = result => choices.Contains(result.Tokens[0].Value)
            ? result.Tokens[0].Value
            : Refuse<string>(result, name, $"one of {string.Join(", ", choices)}");
        return option;
    }

    /// <summary>A choice without a default, or with one that follows from others; the description says which.</summary>
    public static Option<string?> OptionalChoice(string name, IReadOnlyList<string> choices, string description)
    {
        Option<string?> option = With(new Option<string?>(name), string.Join('|', choices), description);
        option.CustomParser = result => choices.Contains(result.Tokens[0].Value)
            ? result.Tokens[0].Value
            : Refuse<string>(result, name, $"one of {string.Join(", ", choices)}");
        return option;
    }

    public static Option<string?> OptionalText(string name, string help, string description) =>
        With(new Option<string?>(name), help, description + " [default: none]");

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description + " [default: off]" };

    /// <summary>A whole number; the upper end keeps nonsense from becoming an overflow or a wait without end.</summary>
    public static Option<int> Integer(string name, int value, int least, int most, string description) =>
        Parsed(name, "N", value, $"a whole number from {least} to {most}", description, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int n) && n >= least && n <= most
                ? n : null);

    public static Option<ulong> Seed(string name, string description) =>
        Parsed(name, "N", 0ul, "a whole number, at least 0", description, text =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong n) ? n : null);

    public static Option<double> Number(string name, double value, string rule, Func<double, bool> accepts, string description) =>
        Parsed(name, "X", value, rule, description, text => TryNumber(text) is { } x && accepts(x) ? x : null);

    /// <summary>A finite number, or null.</summary>
    public static double? TryNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double x) && double.IsFinite(x) ? x : null;

    public static Option<double> Positive(string name, double value, string description) =>
        Number(name, value, "a number above 0", x => x > 0, description);

    public static Option<ImageCount> Count(string name, long value, long least, string description) =>
        Parsed(name, "COUNT", new ImageCount(value), $"a count of at least {least} such as 3200, 20k or 1.5M", description,
            text => ImageCount.TryParse(text) is { } count && count.Images >= least ? count : null);

    public static Option<Duration> Time(string name, Duration value, double unitSeconds, string description) =>
        Parsed(name, "TIME", value, "a time such as 90s, 5m or 1.5h", description, text => Duration.TryParse(text, unitSeconds));

    /// <summary>An option of a value type with a default.</summary>
    public static Option<T> Parsed<T>(string name, string help, T value, string rule, string description, Func<string, T?> parse)
        where T : struct
    {
        var option = new Option<T>(name)
        {
            DefaultValueFactory = _ => value,
            CustomParser = result => parse(result.Tokens[0].Value) ?? Refuse<T>(result, name, rule),
        };
        return With(option, help, description);
    }

    /// <summary>An option that has no default, or one that follows from others; the description says which.</summary>
    public static Option<T?> Optional<T>(string name, string help, string rule, string description, Func<string, T?> parse)
        where T : struct
    {
        var option = new Option<T?>(name)
        {
            CustomParser = result => parse(result.Tokens[0].Value) ?? Refuse<T?>(result, name, rule),
        };
        return With(option, help, description);
    }

    /// <summary>An option of a reference type with a default.</summary>
    public static Option<T> ParsedList<T>(string name, string help, T value, string rule, string description, Func<string, T?> parse)
        where T : class
    {
        var option = new Option<T>(name)
        {
            DefaultValueFactory = _ => value,
            CustomParser = result => parse(result.Tokens[0].Value) ?? Refuse<T>(result, name, rule),
        };
        return With(option, help, description);
    }

    /// <summary>An option of a reference type that must be given.</summary>
    public static Option<T> RequiredList<T>(string name, string help, string rule, string description, Func<string, T?> parse)
        where T : class
    {
        var option = new Option<T>(name)
        {
            Required = true,
            CustomParser = result => parse(result.Tokens[0].Value) ?? Refuse<T>(result, name, rule),
        };
        return With(option, help, description);
    }

    /// <summary>An option of a reference type without a default; the description says what then.</summary>
    public static Option<T?> OptionalValue<T>(string name, string help, string rule, string description, Func<string, T?> parse)
        where T : class
    {
        var option = new Option<T?>(name)
        {
            CustomParser = result => parse(result.Tokens[0].Value) ?? Refuse<T>(result, name, rule),
        };
        return With(option, help, description);
    }

    /// <summary>Refuses options that others make pointless: nobody should believe that they did anything.</summary>
    public static void Refuse(this ParseResult parsed, string why, params Option[] options)
    {
        if (options.FirstOrDefault(parsed.Given) is { } given)
        {
            throw new EdmException($"{given.Name} {why}; leave it out");
        }
    }

    /// <summary>Whether the user gave the option.</summary>
    public static bool Given(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The user's value where there is one, else another.</summary>
    public static T Or<T>(this ParseResult parsed, Option<T> option, T value) =>
        parsed.Given(option) ? parsed.GetValue(option)! : value;

    private static Option<T> With<T>(Option<T> option, string help, string description)
    {
        option.HelpName = help;
        option.Description = description;
        return option;
    }

    private static Option<T> NotEmpty<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError($"{option.Name} '{token.Value}': it must be the name of a file or folder");
            }
        });
        return option;
    }

    private static T? Refuse<T>(ArgumentResult result, string name, string rule)
    {
        result.AddError($"{name} '{result.Tokens[0].Value}': it must be {rule}");
        return default;
    }
}
