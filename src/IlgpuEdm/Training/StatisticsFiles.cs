using System.Text;
using System.Text.Json;
using CsvHelper;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>
/// A run's <c>stats.jsonl</c>, of ticks and scores, and <c>stats.csv</c>, of ticks. The first is the truth: the second is made anew from it
/// when a run resumes.
/// </summary>
internal sealed class StatisticsFiles
{
    private readonly string jsonl;
    private readonly string csv;
    private readonly List<TickRecord> records = [];
    private readonly List<ScoreRecord> scores = [];

    public StatisticsFiles(string folder)
    {
        jsonl = Path.Combine(folder, RunFiles.Statistics);
        csv = Path.Combine(folder, RunFiles.Table);
    }

    /// <summary>All ticks in the files.</summary>
    public IReadOnlyList<TickRecord> Records => records;

    /// <summary>All scores in the first file.</summary>
    public IReadOnlyList<ScoreRecord> Scores => scores;

    /// <summary>Reads the ticks and scores of a run's folder; lines that are damaged, or not written to their end, are left out.</summary>
    public static (IReadOnlyList<TickRecord> Ticks, IReadOnlyList<ScoreRecord> Scores) Read(string folder)
    {
        List<object> read = Read(Path.Combine(folder, RunFiles.Statistics), out _);
        return ([.. read.OfType<TickRecord>()], [.. read.OfType<ScoreRecord>()]);
    }

    /// <summary>Cuts the files back to the ticks that ended, and the scores that were made, at or before a count of images.</summary>
    /// <param name="tickImages">The count of the ticks.</param>
    /// <param name="images">The count of the scores.</param>
    /// <param name="warn">Told where lines are damaged; the file is kept under another name then.</param>
    public void CutBack(long tickImages, long images, Action<string> warn)
    {
        List<object> read = Read(jsonl, out int damaged);
        if (damaged > 0)
        {
            string kept = jsonl + ".damaged";
            FileErrors.Writing(kept, () => File.Copy(jsonl, kept, overwrite: true));
            warn($"{damaged} lines of '{jsonl}' cannot be read and are left out; it was kept as '{Path.GetFileName(kept)}'");
        }

        read.RemoveAll(line => line is TickRecord tick ? tick.Images > tickImages : line is ScoreRecord score && score.Images > images);
        records.Clear();
        records.AddRange(read.OfType<TickRecord>());
        scores.Clear();
        scores.AddRange(read.OfType<ScoreRecord>());
        FileErrors.Writing(jsonl, () => AtomicFile.WriteAllText(jsonl, string.Concat(read.Select(ToLine))));
        FileErrors.Writing(csv, () => AtomicFile.WriteAllText(csv, Header() + string.Concat(records.Select(ToRow))));
    }

    /// <summary>Appends one tick to both files.</summary>
    public void Append(TickRecord record)
    {
        records.Add(record);
        FileErrors.Writing(jsonl, () => RunLog.AppendWhole(jsonl, ToLine(record)));
        FileErrors.Writing(csv, () => RunLog.AppendWhole(csv, ToRow(record)));
    }

    /// <summary>Appends one score to the first file.</summary>
    public void Append(ScoreRecord score)
    {
        scores.Add(score);
        FileErrors.Writing(jsonl, () => RunLog.AppendWhole(jsonl, ToLine(score)));
    }

    // What a killed process was writing, a last line without an end, is no damage.
    private static List<object> Read(string path, out int damaged)
    {
        var read = new List<object>();
        damaged = 0;
        string[] lines = File.Exists(path) ? SharedFile.ReadAllText(path).Split('\n') : [];
        foreach (string line in lines.SkipLast(1))
        {
            if (TryParse(line) is { } record)
            {
                read.Add(record);
            }
            else
            {
                damaged++;
            }
        }

        return read;
    }

    // A score is what has one.
    private static object? TryParse(string line)
    {
        try
        {
            JsonElement json = JsonSerializer.Deserialize<JsonElement>(line, RunJson.Compact);
            object? record = json.ValueKind != JsonValueKind.Object ? null
                : json.TryGetProperty("score", out _) ? json.Deserialize<ScoreRecord>(RunJson.Compact)
                : json.Deserialize<TickRecord>(RunJson.Compact);

            // Numbers beyond a double's range become infinite, which was never written.
            return record is not null && IsFinite(record) ? record : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a character in it.
            return null;
        }
    }

    private static bool IsFinite(object record) => record switch
    {
        TickRecord tick => double.IsFinite(tick.Loss) && double.IsFinite(tick.LearningRate) && double.IsFinite(tick.EmaBeta)
            && double.IsFinite(tick.ImagesPerSecond) && double.IsFinite(tick.Seconds) && double.IsFinite(tick.TotalSeconds)
            && double.IsFinite(tick.MemoryMb) && tick.LossBySigma.Values.All(loss => double.IsFinite(loss ?? 0)),
        ScoreRecord score => double.IsFinite(score.Score) && double.IsFinite(score.ScoreSeconds),
        _ => true,
    };

    private static string ToLine(object record) => JsonSerializer.Serialize(record, record.GetType(), RunJson.Compact) + "\n";

    private static string Header() => Csv(["images", "steps", "loss", "learning_rate", "ema_beta", "non_finite_gradients",
        "images_per_second", "seconds", "total_seconds", "memory_mb", .. SigmaBins.Names.Select(name => "loss_sigma_" + name)]);

    private static string ToRow(TickRecord record) => Csv([record.Images, record.Steps, record.Loss, record.LearningRate,
        record.EmaBeta, record.NonFiniteGradients, record.ImagesPerSecond, record.Seconds, record.TotalSeconds, record.MemoryMb,
        .. SigmaBins.Names.Select(name => (object?)record.LossBySigma.GetValueOrDefault(name))]);

    private static string Csv(object?[] fields)
    {
        using var bytes = new MemoryStream();
        using (CsvWriter writer = CsvWriter.Create(bytes, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            foreach (object? field in fields)
            {
                writer.WriteField(field);
            }

            writer.EndRecord();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
