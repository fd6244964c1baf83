using System.Globalization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>What a report says of a run in words and numbers.</summary>
internal static class ReportFacts
{
    /// <summary>The run at a glance, in rows of a name and a value.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<(string Name, string Value)> Of(RunHistory run)
    {
        yield return ("images seen", run.Progress);
        if (run.Ticks.Count > 0)
        {
            TickRecord last = run.Ticks[^1];
            yield return ("training time", TimeText.Of(last.TotalSeconds) + " of training steps");
            yield return ("loss of the last tick", last.Loss.ToString("F4", CultureInfo.InvariantCulture));
            double average = last.TotalSeconds > 0 ? last.Images / last.TotalSeconds : last.ImagesPerSecond;
            yield return ("throughput", string.Create(CultureInfo.InvariantCulture,
                $"{last.ImagesPerSecond:F1} images/s in the last tick, {average:F1} on average"));
            yield return ("device memory of a step", string.Create(CultureInfo.InvariantCulture, $"{last.MemoryMb:N0} MB"));
            long replaced = run.Ticks.Sum(tick => tick.NonFiniteGradients);
            if (replaced > 0)
            {
                yield return ("gradients not finite", $"{NumberText.Whole(replaced)}, replaced");
            }
        }

        foreach ((string, string) row in PathDescription.OfScores(run.Scores))
        {
            yield return row;
        }

        yield return ("device", run.Devices ?? "not known");
        if (run.Sessions.Count > 0)
        {
            SessionRecord session = run.Sessions[^1];
            yield return ("kernels, precision", $"{session.Kernels}, {session.Precision}");
            yield return ("machine", string.Create(CultureInfo.InvariantCulture,
                $"{session.Processor}, {session.Cores} cores, {session.MemoryMb / 1e3:F1} GB"));
            yield return ("system", $"{session.System}, {session.Runtime}");
            yield return ("program", $"ilgpu-edm {session.Version}");
        }

        yield return ("folder", run.Location);
    }

    /// <summary>A session in a line.</summary>
    /// <param name="session">The session.</param>
    public static string Of(SessionRecord session) => string.Create(CultureInfo.InvariantCulture,
        $"{session.Started} {session.Devices}, {session.Kernels}, {session.Precision}; {session.Processor}, {session.Cores} cores; ")
        + $"{session.System}, {session.Runtime}; ilgpu-edm {session.Version}";

    /// <summary>The options of all runs: for each the values of the runs, null where a run has no such option.</summary>
    /// <param name="runs">The runs.</param>
    public static IEnumerable<(string Name, IReadOnlyList<string?> Values)> Options(IReadOnlyList<RunHistory> runs)
    {
        Dictionary<string, string>[] all =
        [
            .. runs.Select(run => PathDescription.OfOptions(run.Options).GroupBy(row => row.Name, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal)),
        ];
        return all.SelectMany(options => options.Keys).Distinct(StringComparer.Ordinal)
            .Select(name => (name, (IReadOnlyList<string?>)[.. all.Select(options => options.GetValueOrDefault(name))]));
    }
}
