using System.Text.Json;
using System.Text.Json.Nodes;
using IlgpuEdm.Data;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>
/// The <c>dataset.json</c> beside drawn images, {"labels": [["000007.png", 3], ...]}, by which <see cref="Datasets.Open"/> and the
/// reference read the folder as a labelled data set.
/// </summary>
internal sealed class SampleLabels
{
    private readonly string _folder;
    private readonly SortedDictionary<string, int> _labels;

    private SampleLabels(string folder, SortedDictionary<string, int> labels) => (_folder, _labels) = (folder, labels);

    /// <summary>Takes up the labels of images that lie in the folder already, so that a folder can be drawn in parts.</summary>
    public static SampleLabels In(string folder)
    {
        var labels = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string path = Path.Combine(folder, ImageCollection.LabelsName);
        if (File.Exists(path))
        {
            foreach ((string name, int label) in Read(path))
            {
                if (File.Exists(Path.Combine(folder, name)))
                {
                    labels[name] = label;
                }
            }
        }

        return new SampleLabels(folder, labels);
    }

    /// <summary>Notes the class of an image.</summary>
    public void Add(string path, int label) =>
        _labels[Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/')] = label;

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write() => Write(_folder, new JsonArray([.. _labels.Select(pair => new JsonArray(pair.Key, pair.Value))]));

    /// <summary>Writes that the images have no classes; else folders of numbered images would be taken for classes.</summary>
    public static void WriteNone(string folder) => Write(folder, null);

    private static void Write(string folder, JsonArray? labels) => AtomicFile.WriteAllText(
        Path.Combine(folder, ImageCollection.LabelsName), new JsonObject { ["labels"] = labels }.ToJsonString());

    private static IEnumerable<(string Name, int Label)> Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject file && file["labels"] is JsonArray labels
                ? [.. labels.Select(pair => (pair![0]!.GetValue<string>(), pair[1]!.GetValue<int>()))]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or ArgumentOutOfRangeException or IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"'{path}' is no list of labels such as this program writes; remove it, or choose another --out", e);
        }
    }
}
