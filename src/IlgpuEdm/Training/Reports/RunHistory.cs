using System.Text.RegularExpressions;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>What a run's folder tells of it, read at one moment; the run may be under way.</summary>
public sealed partial record RunHistory
{
    private const int MostLogLines = 200;

    /// <summary>The folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The folder's full path.</summary>
    public required string Location { get; init; }

    /// <summary>The options as they are now.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The ticks in the order of training.</summary>
    public required IReadOnlyList<TickRecord> Ticks { get; init; }

    /// <summary>The scores in the order of training.</summary>
    public required IReadOnlyList<ScoreRecord> Scores { get; init; }

    /// <summary>The sample grids in the order of training.</summary>
    public required IReadOnlyList<RunGrid> Grids { get; init; }

    /// <summary>With what it was trained; empty for a run of an earlier version.</summary>
    public required IReadOnlyList<SessionRecord> Sessions { get; init; }

    /// <summary>The last lines of the log.</summary>
    public required IReadOnlyList<string> Log { get; init; }

    /// <summary>The devices that were used last, by the sessions or else the log; null where neither says it.</summary>
    public required string? Devices { get; init; }

    /// <summary>Whether the run has reached its images or minutes.</summary>
    public bool IsFinished => Ticks.Count > 0 && new RunLimits(Options.Schedule, Options.Identity.BatchSize)
        .AreReached(Ticks[^1].Images, Ticks[^1].TotalSeconds + RoundingOfSeconds);

    /// <summary>Whether it is finished, its last grid drawn and its last score, if it is scored, made: nothing more is to come.</summary>
    public bool IsComplete => IsFinished && Grids.Count > 0 && Grids[^1].Images >= Ticks[^1].Images
        && (Options.Schedule.Score is not { } asked
            || Scores.Any(score => score.Images >= Ticks[^1].Images && score.ScoreImages == asked.Images));

    /// <summary>How far it is, such as <c>35,200 of 60,000; not finished</c>.</summary>
    public string Progress
    {
        get
        {
            string end = (Options.Schedule.Images, Options.Schedule.Minutes) switch
            {
                ({ } count, null) => $" of {NumberText.Whole(count)}",
                (null, { } minutes) => $" in {TimeText.Of(minutes * 60)} at most",
                ({ } count, { } minutes) => $" of {NumberText.Whole(count)}, or in {TimeText.Of(minutes * 60)} at most",
                _ => "",
            };
            return NumberText.Whole(Ticks.Count > 0 ? Ticks[^1].Images : 0) + end + (IsFinished ? "; finished" : "; not finished");
        }
    }

    // The statistics have milliseconds.
    private static double RoundingOfSeconds => 0.001;

    /// <summary>Reads a run's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="EdmException">It is not the folder of a run, or cannot be read.</exception>
    public static RunHistory Read(string folder)
    {
        RunFolder.RefuseFolderOfRuns(folder);
        RunOptions options = RunFolder.ReadOptions(folder);
        string location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            IReadOnlyList<SessionRecord> sessions = SessionFile.Read(folder);
            (IReadOnlyList<TickRecord> ticks, IReadOnlyList<ScoreRecord> scores) = StatisticsFiles.Read(folder);
            string logFile = Path.Combine(folder, RunFiles.Log);
            string[] log = File.Exists(logFile) ? SharedFile.ReadAllText(logFile).TrimEnd().Split('\n') : [];
            return new RunHistory
            {
                Name = Path.GetFileName(location),
                Location = location,
                Options = options,
                Ticks = [.. ticks.OrderBy(tick => tick.Images)],
                Scores = [.. scores.OrderBy(score => score.Images)],
                Grids = RunGrid.Find(folder),
                Sessions = sessions,
                Log = [.. log.TakeLast(MostLogLines)],
                Devices = sessions.Count > 0 ? sessions[^1].Devices
                    : log.Select(line => StartLine().Match(line)).LastOrDefault(match => match.Success)?.Groups["devices"].Value,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"cannot read the run '{folder}': {FileErrors.Reason(e)}", e);
        }
    }

    // What sessions wrote before there was sessions.jsonl.
    [GeneratedRegex("Z (?:trains in|goes on in) '.*' on (?<devices>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex StartLine();
}
