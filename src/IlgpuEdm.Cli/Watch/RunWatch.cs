using IlgpuEdm.Training.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IlgpuEdm.Cli.Watch;

/// <summary>Looks at a run's folder again and again, until the run has finished or the user has seen enough.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly string[] Watched = ["stats.jsonl", "options.json", "samples-*.png"];

    /// <summary>Shows the run.</summary>
    /// <param name="console">Where.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="stop">Ends it.</param>
    public static void Show(IAnsiConsole console, string folder, CancellationToken stop)
    {
        RunHistory run = RunHistory.Read(folder);
        console.Live(View(console, run)).Overflow(VerticalOverflow.Crop).Start(context =>
        {
            context.Refresh();
            for (DateTime seen = Changed(run); !run.IsComplete && !stop.WaitHandle.WaitOne(Pause);)
            {
                if (Changed(run) != seen)
                {
                    seen = Changed(run);
                    run = RunHistory.Read(folder);
                }

                context.UpdateTarget(View(console, run));
            }
        });
    }

    private static IRenderable View(IAnsiConsole console, RunHistory run) =>
        WatchView.Screen(run, DateTime.UtcNow - Changed(run), console.Profile.Width, console.Profile.Height);

    private static DateTime Changed(RunHistory run)
    {
        try
        {
            return Watched.SelectMany(pattern => new DirectoryInfo(run.Location).EnumerateFiles(pattern))
                .Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(DateTime.UtcNow).Max();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder has gone; reading it says so in a clear line.
            return DateTime.MinValue;
        }
    }
}
