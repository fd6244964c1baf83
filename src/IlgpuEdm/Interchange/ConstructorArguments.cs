using System.Numerics;
using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Interchange;

/// <summary>The arguments that an object of the reference was made with: by place and by name, over the constructor's defaults.</summary>
internal sealed class ConstructorArguments
{
    private readonly string className;
    private readonly Dictionary<string, PickleValue> given = new(StringComparer.Ordinal);

    /// <summary>Reads the arguments that a persistent object keeps.</summary>
    /// <param name="thing">The object.</param>
    /// <param name="places">The names of the constructor's parameters in order.</param>
    /// <exception cref="FormatException">They are missing or more than the constructor has.</exception>
    public ConstructorArguments(PersistentObject thing, IReadOnlyList<string> places)
    {
        className = thing.ClassName;
        if (thing.Members.Find("_init_args") is not PickleList { Type: not PickleListKind.Set } byPlace
            || thing.Members.Find("_init_kwargs") is not PickleDictionary byName
            || byPlace.Items.Count > places.Count)
        {
            throw new FormatException($"the {PickleLimits.Shown(className)} in it does not say what it was made with");
        }

        for (var i = 0; i < byPlace.Items.Count; i++)
        {
            given[places[i]] = byPlace.Items[i];
        }

        foreach (var (key, value) in byName.Entries)
        {
            given[PickleDictionary.Name(key) ?? ""] = value;
        }
    }

    /// <summary>The names of all that were given.</summary>
    public IEnumerable<string> Names => given.Keys;

    /// <summary>A whole number; without a default it must have been given.</summary>
    public int Int(string name, int? otherwise = null) =>
        given.TryGetValue(name, out var value) ? Whole(name, value) : otherwise ?? throw Wrong(name, "is missing");

    /// <summary>A number.</summary>
    public double Double(string name, double otherwise) => given.TryGetValue(name, out var value) ? value switch
    {
        PickleFloat number => number.Value,
        PickleInteger number => (double)number.Value,
        _ => throw Wrong(name, $"is {value.Kind}"),
    } : otherwise;

    /// <summary>A text.</summary>
    public string Text(string name, string otherwise) =>
        given.TryGetValue(name, out var value) ? PickleDictionary.Name(value) ?? throw Wrong(name, $"is {value.Kind}") : otherwise;

    /// <summary>A list of whole numbers.</summary>
    public int[] Ints(string name, params int[] otherwise) => given.TryGetValue(name, out var value)
        ? value is PickleList { Items.Count: <= 64 } list
            ? [.. list.Items.Select(item => Whole(name, item))]
            : throw Wrong(name, $"is {value.Kind}")
        : otherwise;

    private int Whole(string name, PickleValue value) => value switch
    {
        PickleInteger { Value: var number } when BigInteger.Abs(number) <= int.MaxValue => (int)number,
        PickleFloat { Value: var number } when number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue => (int)number,
        _ => throw Wrong(name, $"is {value.Kind} that does not fit"),
    };

    private FormatException Wrong(string name, string what) => new($"{name} of the {PickleLimits.Shown(className)} in it {what}");
}
