using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// The labels of a folder or zip of images: from dataset.json, {"labels": [["00000/img00000000.png", 6], ...]} or
/// {"labels": null}, with vectors such as [0.5, -1] in the place of classes or not; where there is no such file, from the names
/// of the top-level folders if there are several.
/// </summary>
internal static class ImageLabels
{
    /// <summary>One label an image in the order of the names, or null.</summary>
    public static LabelList? Read(ImageCollection images) =>
        images.HasLabelsFile ? FromFile(images) : LabelList.OfClasses(FromFolders(images.Names));

    private static LabelList? FromFile(ImageCollection images)
    {
        var where = images.Describe(ImageCollection.LabelsName);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(images.Read(ImageCollection.LabelsName));
        }
        catch (JsonException error)
        {
            throw new EdmException($"{where}: not valid JSON ({OneLine.Of(error)})", error);
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("labels", out var list))
            {
                throw new EdmException(
                    $"{where}: lacks \"labels\"; expected {{\"labels\": [[\"name.png\", 0], ...]}} or {{\"labels\": null}}");
            }
            if (list.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
            return Match(images, Pairs(list, where), where);
        }
    }

    private static Dictionary<string, Label> Pairs(JsonElement list, string where)
    {
        var labels = new Dictionary<string, Label>(StringComparer.Ordinal);
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new EdmException($"{where}: \"labels\" is neither a list nor null");
        }
        foreach (var pair in list.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String)
            {
                throw new EdmException($"{where}: entry {labels.Count + 1} of \"labels\" is no pair of file name and label");
            }
            var name = Text(pair[0], where);
            var shown = OneLine.Of(name);
            var label = ParseLabel(pair[1], $"{where}: the label of {shown}");
            if (!labels.TryAdd(name, label))
            {
                throw new EdmException($"{where}: {shown} has two labels");
            }
        }
        return labels;
    }

    private static Label ParseLabel(JsonElement element, string what)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return new Label(-1, ParseVector(element, what));
        }
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number)
            && number is >= 0 and < StoredDataset.MaximumClasses
            ? new Label(number, null)
            : throw new EdmException($"{what} is no whole number from 0 to {StoredDataset.MaximumClasses - 1}");
    }

    private static float[] ParseVector(JsonElement element, string what)
    {
        var vector = new float[element.GetArrayLength()];
        if (vector.Length is 0 or > StoredDataset.MaximumClasses)
        {
            throw new EdmException($"{what} is a vector of {vector.Length} numbers, not of 1 to {StoredDataset.MaximumClasses}");
        }
        var i = 0;
        foreach (var number in element.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out vector[i]) || !float.IsFinite(vector[i]))
            {
                throw new EdmException($"{what} is a vector whose entry {i + 1} is no finite number");
            }
            i++;
        }
        return vector;
    }

    private static LabelList Match(ImageCollection images, Dictionary<string, Label> labels, string where)
    {
        var result = new Label[images.Names.Count];
        for (var i = 0; i < result.Length; i++)
        {
            if (!labels.Remove(images.Names[i], out result[i]))
            {
                throw new EdmException($"{where}: has no label for {images.Names[i]}; add it, or remove {ImageCollection.LabelsName}");
            }
            if (result[i].Vector?.Length != result[0].Vector?.Length)
            {
                throw new EdmException($"{where}: the label of {images.Names[i]} is of another kind or length than the first");
            }
        }
        if (labels.Count > 0)
        {
            var first = OneLine.Of(labels.Keys.Min(StringComparer.Ordinal)!);
            throw new EdmException(
                $"{where}: names {labels.Count} images that are not there, the first {first}; the data set is incomplete");
        }
        return result[0].Vector is null
            ? LabelList.OfClasses(Array.ConvertAll(result, l => l.Class))!
            : LabelList.OfVectors(Array.ConvertAll(result, l => l.Vector!));
    }

    private static int[]? FromFolders(IReadOnlyList<string> names)
    {
        var folders = names.Select(n => n.IndexOf('/') is > 0 and var end ? n[..end] : null).ToArray();
        if (folders.Contains(null) || names.All(IsNumbered))
        {
            return null;
        }
        var classes = folders.Distinct().Order(StringComparer.Ordinal).ToList();
        if (classes.Count < 2)
        {
            return null;
        }
        var numbers = classes.Select((c, i) => (c, i)).ToDictionary(p => p.c!, p => p.i, StringComparer.Ordinal);
        return Array.ConvertAll(folders, f => numbers[f!]);
    }

    // 00012/img00012345.png: folders that only keep the number of files in each small, as the reference's tool makes them.
    private static bool IsNumbered(string name)
    {
        var slash = name.IndexOf('/');
        return slash == 5 && name[..5].All(char.IsAsciiDigit) && name[6..].StartsWith("img" + name[..5], StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string where)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new EdmException($"{where}: a file name is not valid text", error);
        }
    }

    private readonly record struct Label(int Class, float[]? Vector);
}
