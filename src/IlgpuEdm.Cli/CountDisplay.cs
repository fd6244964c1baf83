using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace IlgpuEdm.Cli;

/// <summary>Shows how far a long job is: a live bar where somebody watches, elsewhere a line now and then.</summary>
internal static class CountDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs <paramref name="work"/>, giving it what takes its lines, and what takes a name, how much is done, and of how much.
    /// </summary>
    public static T Show<T>(Terminal terminal, Func<Action<string>, Action<string, long, long?>, T> work)
    {
        if (!terminal.IsLive)
        {
            long told = Stopwatch.GetTimestamp();
            return work(terminal.Line, (name, done, all) =>
            {
                if (Stopwatch.GetElapsedTime(told) >= Pause)
                {
                    told = Stopwatch.GetTimestamp();
                    terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {done:N0}") + (all is null ? "" : Of(all.Value)));
                }
            });
        }

        return terminal.Ansi.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("starting", maxValue: 1);
                return work(
                    line => terminal.Ansi.WriteLine(line),
                    (name, done, all) =>
                    {
                        task.Description = Markup.Escape(name);
                        task.IsIndeterminate = all is null;
                        task.MaxValue = Math.Max(1, all ?? 1);
                        task.Value = all is null ? 0 : done;
                    });
            });
    }

    private static string Of(long all) => string.Create(CultureInfo.InvariantCulture, $" of {all:N0}");
}
