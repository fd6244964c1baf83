using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;

namespace IlgpuEdm.Training;

/// <summary>Says what a path is: a data set, a checkpoint or a run.</summary>
public static class PathDescription
{
    /// <summary>Describes a path in rows of a name and a value; the first row says what it is.</summary>
    /// <param name="path">A file or folder.</param>
    /// <exception cref="EdmException">It does not exist, or is none of these, or is damaged.</exception>
    public static IReadOnlyList<(string Name, string Value)> Of(string path)
    {
        path = LocalFile.Of(path);
        if (Directory.Exists(path) && RunFolder.IsRun(path))
        {
            return Run(path);
        }

        RunFolder.RefuseFolderOfRuns(path);
        TensorFileKind kind = File.Exists(path) ? TensorFiles.KindOf(path) : TensorFileKind.None;

        // Arrays are weights only where they say so, images otherwise.
        return kind is TensorFileKind.None || (kind is TensorFileKind.Npz && !TensorFiles.IsDescribed(path))
            ? Dataset(path)
            : Checkpoint(path, kind);
    }

    private static List<(string Name, string Value)> Dataset(string path)
    {
        using IImageDataset data = Datasets.Open(path);
        DatasetStatistics statistics = DatasetStatistics.Measure(data);
        return
        [
            ("what", "data set"),
            ("name", data.Name),
            ("path", data.Source),
            ("images", Number(data.Count)),
            ("shape (height, width, channels)", $"{Number(data.Height)}, {Number(data.Width)}, {Number(data.Channels)}"),
            ("labels", Labels(data)),
            ("mean on [-1, 1]", statistics.Mean.ToString("F4", CultureInfo.InvariantCulture)),
            ("standard deviation on [-1, 1] (sigma_data)", statistics.StandardDeviation.ToString("F4", CultureInfo.InvariantCulture)),
            ("fingerprint", data.Fingerprint),
        ];
    }

    private static string Labels(IImageDataset data) =>
        data.LabelDim == 0 ? "none"
        : data.HasLabelVectors ? $"vectors of {Number(data.LabelDim)} numbers"
        : $"{Number(data.LabelDim)} classes";

    private static List<(string Name, string Value)> Checkpoint(string path, TensorFileKind kind)
    {
        SafetensorsFile file = TensorFiles.Read(path);
        string what = file.Metadata.GetValueOrDefault("format") switch
        {
            "ilgpu-edm-snapshot" when kind is TensorFileKind.Pickle => "network pickle",
            "ilgpu-edm-snapshot" => "network snapshot",
            "ilgpu-edm-training-state" => "training state",
            Metrics.ImageClassifier.Format => "image classifier",
            _ when kind is TensorFileKind.Safetensors => "safetensors file of another program",
            _ => "tensors of another program",
        };
        long elements = file.Tensors.Keys.Sum(name => file.GetShape(name).Aggregate(1L, (product, length) => product * length));
        var rows = new List<(string, string)> { ("what", what), ("path", Path.GetFullPath(path)) };
        rows.AddRange(file.Metadata.Where(entry => entry.Key is not ("format" or "version"))
            .SelectMany(entry => Values(entry.Key, entry.Value)));
        rows.Add(("tensors", Number(file.Tensors.Count)));
        if (what is "network snapshot" or "network pickle" && file.Metadata.ContainsKey("network"))
        {
            rows.AddRange(CostDescription.OfNetwork(new ComputeCost(NetworkDenoiser.ReadConfiguration(file, path).Network)));
        }
        else
        {
            rows.Add((what is "network snapshot" or "image classifier" ? "parameters" : "elements", Number(elements)));
        }

        return rows;
    }

    private static List<(string Name, string Value)> Run(string path)
    {
        RunOptions options = RunFolder.ReadOptions(path);
        (IReadOnlyList<TickRecord> ticks, IReadOnlyList<ScoreRecord> scores) = StatisticsFiles.Read(path);
        var rows = new List<(string, string)> { ("what", "training run"), ("path", Path.GetFullPath(path)) };
        rows.AddRange(OfOptions(options));
        if (ticks.Count > 0)
        {
            rows.Add(("images seen at the last tick", Number(ticks[^1].Images)));
            rows.Add(("loss of the last tick", ticks[^1].Loss.ToString("F4", CultureInfo.InvariantCulture)));
            rows.Add(("training time", TimeText.Of(ticks[^1].TotalSeconds)));
        }

        rows.AddRange(OfScores(scores));
        string? snapshot = RunFolder.NewestSnapshot(path);
        rows.Add(("last snapshot", snapshot is null ? "none" : Path.GetFileName(snapshot)));
        return rows;
    }

    /// <summary>The options of a run and what it costs, as rows of a name and a value.</summary>
    internal static IReadOnlyList<(string Name, string Value)> OfOptions(RunOptions options) =>
    [
        .. Values("", JsonSerializer.Serialize(options.Identity, RunJson.Compact)),
        .. Values("", JsonSerializer.Serialize(options.Schedule, RunJson.Compact)),
        .. CostDescription.OfTraining(
            new ComputeCost(options.Identity.Model) { Checkpointing = options.Schedule.Checkpointing },
            options.Identity.BatchSize, options.ImagesAtOnce),
    ];

    /// <summary>The last score of a run and the best that compares with it, as rows of a name and a value; none without a score.</summary>
    internal static IReadOnlyList<(string Name, string Value)> OfScores(IReadOnlyList<ScoreRecord> scores)
    {
        return scores.Count > 0
            ? [("last score", Text(scores[^1])), ("best score", Text(scores.Where(scores[^1].IsComparable).MinBy(score => score.Score)!))]
            : [];

        static string Text(ScoreRecord score) => string.Create(CultureInfo.InvariantCulture,
            $"{score.ScoreName} {score.Score:G5} at {score.Images:N0} images, of {score.ScoreImages:N0} drawn");
    }

    // A text that is a JSON object becomes one row a member; the bookkeeping of the tick under way is of no interest.
    private static IEnumerable<(string Name, string Value)> Values(string name, string text)
    {
        try
        {
            JsonElement json = JsonSerializer.Deserialize<JsonElement>(text);
            return json.ValueKind == JsonValueKind.Object
                ? [.. json.EnumerateObject().Where(member => member.Name != "tick").SelectMany(
                    member => Values(name.Length > 0 ? $"{name}.{member.Name}" : member.Name, member.Value.GetRawText()))]
                : [(name, json.ValueKind == JsonValueKind.String ? json.GetString()! : text)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a character in it.
            return [(name, text)];
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
