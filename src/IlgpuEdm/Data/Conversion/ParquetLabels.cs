using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>Makes classes of the values of a label column.</summary>
internal static class ParquetLabels
{
    /// <summary>
    /// Whole numbers are the classes; texts are numbered in the order of their names. Null where there is no label at all: no
    /// column, or -1 or nothing in every row.
    /// </summary>
    /// <param name="values">For each row a long, a string, or null.</param>
    /// <param name="path">The file, for errors.</param>
    public static LabelList? Of(IReadOnlyList<object?> values, string path)
    {
        if (values.All(v => v is null or -1L))
        {
            return null;
        }
        var names = values.OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        var numbers = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var classes = new int[values.Count];
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = values[i] switch
            {
                string name => numbers[name],
                long number and >= 0 and < StoredDataset.MaximumClasses when names.Count == 0 => (int)number,
                _ => throw new EdmException(
                    $"{path}: row {i + 1} has the label {OneLine.Of($"{values[i] ?? "(none)"}")}, which is no class"),
            };
        }
        return LabelList.OfClasses(classes);
    }
}
