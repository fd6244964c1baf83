using System.Diagnostics;
using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>Scores the averaged weights of a run, writes the scores down and keeps the best weights.</summary>
internal sealed class SnapshotScores(
    ScoreOptions options, IImageScore score, RunOutputs outputs, StatisticsFiles statistics, Action<string> tell)
{
    /// <summary>Images of training between scores; 0: only at the end.</summary>
    public long EveryImages => options.EveryImages;

    /// <summary>How long the last score took; before the first nobody knows, and a state should be saved.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether the weights as they are at a count of images were not scored yet.</summary>
    public bool IsMissing(long images) =>
        statistics.Scores.All(s => (s.Images, s.ScoreImages, s.ScoreBasis) != (images, options.Images, score.Basis));

    /// <summary>Scores the averaged weights.</summary>
    /// <param name="images">Images seen so far.</param>
    /// <param name="stop">Ends the drawing.</param>
    /// <returns>Whether it was done; not where it was stopped.</returns>
    public bool TryWrite(long images, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        double value;
        try
        {
            value = score.Measure(outputs.Draw(options.Images, stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }

        Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Write(new ScoreRecord
        {
            Images = images,
            Score = value,
            ScoreName = score.Name,
            ScoreImages = options.Images,
            ScoreBasis = score.Basis,
            Best = true,
            ScoreSeconds = Math.Round(Seconds, 3),
        });
        return true;
    }

    // The weights first: a score that stands in the statistics is not made again.
    private void Write(ScoreRecord record)
    {
        record = record with { Best = statistics.Scores.Where(record.IsComparable).All(s => s.Score > record.Score) };
        if (record.Best)
        {
            outputs.WriteBest(record);
        }

        string best = !record.Best ? "" : statistics.Scores.Any(record.IsComparable) ? ", the best so far" : ", the first of its kind";
        statistics.Append(record);
        tell(string.Create(CultureInfo.InvariantCulture, $"score at {record.Images:N0} images: {record.ScoreName} {record.Score:G5}{best} ")
            + string.Create(CultureInfo.InvariantCulture, $"({record.ScoreImages:N0} images drawn in {TimeText.Of(Seconds)})"));
    }
}
