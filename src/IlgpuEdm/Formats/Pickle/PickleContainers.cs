using System.Text;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>A value that holds others and knows how deep they are nested.</summary>
public abstract class PickleContainer : PickleValue
{
    private int depth = 1;

    internal override int Depth => depth;

    /// <summary>Counts a value that lies in this one.</summary>
    private protected void Hold(PickleValue value) => depth = Math.Max(depth, PickleLimits.Nested(value.Depth));
}

/// <summary>A list, a tuple or a set: values in order.</summary>
public sealed class PickleList : PickleContainer
{
    private readonly List<PickleValue> items;

    internal PickleList(PickleListKind type, List<PickleValue>? items = null)
    {
        Type = type;
        this.items = items ?? [];
        foreach (var item in this.items)
        {
            Hold(item);
        }
    }

    /// <summary>Which of them it is.</summary>
    public PickleListKind Type { get; }

    /// <summary>The values.</summary>
    public IReadOnlyList<PickleValue> Items => items;

    /// <inheritdoc/>
    public override string Kind => Type switch
    {
        PickleListKind.List => "a list",
        PickleListKind.Tuple => "a tuple",
        _ => "a set",
    };

    internal static PickleList EmptyTuple { get; } = new(PickleListKind.Tuple);

    internal void Add(PickleValue value)
    {
        Hold(value);
        items.Add(value);
    }
}

/// <summary>The kinds of <see cref="PickleList"/>.</summary>
public enum PickleListKind
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple, which does not change.</summary>
    Tuple,

    /// <summary>A set or frozen set; a value may stand in it more than once.</summary>
    Set,
}

/// <summary>A dict, OrderedDict or the reference's EasyDict: keys and values in order.</summary>
public sealed class PickleDictionary : PickleContainer
{
    private readonly List<KeyValuePair<PickleValue, PickleValue>> entries = [];
    private Dictionary<string, PickleValue>? byName;

    internal PickleDictionary()
    {
    }

    /// <summary>All entries in the order in which they were added; a key may stand here twice, the later one counts.</summary>
    public IReadOnlyList<KeyValuePair<PickleValue, PickleValue>> Entries => entries;

    /// <inheritdoc/>
    public override string Kind => "a dictionary";

    /// <summary>Looks a value up by a key that is a text.</summary>
    /// <param name="name">The key.</param>
    /// <returns>The value, or null.</returns>
    public PickleValue? Find(string name)
    {
        if (byName == null)
        {
            byName = new(StringComparer.Ordinal);
            foreach (var (key, value) in entries)
            {
                if (Name(key) is { } text)
                {
                    byName[text] = value;
                }
            }
        }

        return byName.GetValueOrDefault(name);
    }

    /// <summary>A key as a text; null where it is none.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text.</returns>
    public static string? Name(PickleValue key) => key switch
    {
        PickleText text => text.Value,
        PickleBytes bytes => Encoding.Latin1.GetString(bytes.Value.Span),
        _ => null,
    };

    internal void Add(PickleValue key, PickleValue value)
    {
        Hold(key);
        Hold(value);
        entries.Add(new(key, value));
        byName = null;
    }
}
