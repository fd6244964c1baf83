namespace IlgpuEdm.Formats.Pickle;

/// <summary>The stack, the marks and the memo of the pickle machine, within limits.</summary>
internal sealed class PickleStack
{
    private readonly List<PickleValue> values = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, PickleValue> memo = [];

    // Nothing below the last mark may be taken before the mark is.
    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    public bool HasNone => values.Count == 0 && marks.Count == 0;

    public void Push(PickleValue value)
    {
        if (values.Count >= PickleLimits.Stack)
        {
            throw new FormatException($"more than {PickleLimits.Stack} values wait on the stack: it is nested too deep or damaged");
        }

        values.Add(value);
    }

    public PickleValue Pop()
    {
        var value = Top();
        values.RemoveAt(values.Count - 1);
        return value;
    }

    public PickleValue Top() => values.Count > Floor ? values[^1] : throw new FormatException("a value is missing on the stack");

    public T Pop<T>(string wanted) where T : PickleValue => Pop() is var value && value is T typed ? typed : throw Unfit(value, wanted);

    public T Top<T>(string wanted) where T : PickleValue => Top() is var value && value is T typed ? typed : throw Unfit(value, wanted);

    public void Mark()
    {
        if (marks.Count >= PickleLimits.Depth)
        {
            throw new FormatException($"values are nested more than {PickleLimits.Depth} deep");
        }

        marks.Add(values.Count);
    }

    /// <summary>Takes what was pushed since the last mark, and the mark.</summary>
    public List<PickleValue> PopMark()
    {
        if (marks.Count == 0)
        {
            throw new FormatException("a mark is missing on the stack");
        }

        var start = marks[^1];
        var since = values.GetRange(start, values.Count - start);
        values.RemoveRange(start, values.Count - start);
        marks.RemoveAt(marks.Count - 1);
        return since;
    }

    /// <summary>Takes the top value where there is one above the last mark, else the mark.</summary>
    public void PopOrMark()
    {
        if (values.Count > Floor || marks.Count == 0)
        {
            Pop();
        }
        else
        {
            marks.RemoveAt(marks.Count - 1);
        }
    }

    public void Remember() => Remember((uint)memo.Count);

    public void Remember(uint place) => memo[place] = Top();

    public PickleValue Recall(uint place) =>
        memo.TryGetValue(place, out var value) ? value : throw new FormatException($"nothing is remembered at {place}");

    private static FormatException Unfit(PickleValue value, string wanted) => new($"{value.Kind} where {wanted} is needed");
}
