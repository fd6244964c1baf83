using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// The labels of a folder or zip of images: from dataset.json, {"labels": [["00000/img00000000.png", 6], ...]} or
/// {"labels": null}; where there is no such file, from the names of the top-level folders if there are several.
/// </summary>
internal static class ImageLabels
{
    /// <summary>One label an image in the order of the names, or null.</summary>
    public static int[]? Read(ImageCollection images) => images.HasLabelsFile ? FromFile(images) : FromFolders(images.Names);

    private static int[]? FromFile(ImageCollection images)
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

    private static Dictionary<string, int> Pairs(JsonElement list, string where)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new EdmException($"{where}: \"labels\" is neither a list nor null");
        }
        foreach (var pair in list.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String)
            {
                throw new EdmException($"{where}: entry {labels.Count + 1} of \"labels\" is no pair of file name and class");
            }
            var name = Text(pair[0], where);
            var shown = OneLine.Of(name);
            if (pair[1].ValueKind == JsonValueKind.Array)
            {
                throw new EdmException($"{where}: the label of {shown} is a vector; only class numbers are read, or {{\"labels\": null}}");
            }
            if (pair[1].ValueKind != JsonValueKind.Number || !pair[1].TryGetInt32(out var label)
                || label is < 0 or >= StoredDataset.MaximumClasses)
            {
                throw new EdmException(
                    $"{where}: the label of {shown} is no whole number from 0 to {StoredDataset.MaximumClasses - 1}");
            }
            if (!labels.TryAdd(name, label))
            {
                throw new EdmException($"{where}: {shown} has two labels");
            }
        }
        return labels;
    }

    private static int[] Match(ImageCollection images, Dictionary<string, int> labels, string where)
    {
        var result = new int[images.Names.Count];
        for (var i = 0; i < result.Length; i++)
        {
            if (!labels.Remove(images.Names[i], out result[i]))
            {
                throw new EdmException($"{where}: has no label for {images.Names[i]}; add it, or remove {ImageCollection.LabelsName}");
            }
        }
        if (labels.Count > 0)
        {
            var first = OneLine.Of(labels.Keys.Min(StringComparer.Ordinal)!);
            throw new EdmException(
                $"{where}: names {labels.Count} images that are not there, the first {first}; the data set is incomplete");
        }
        return result;
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
}
