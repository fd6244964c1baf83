using IlgpuEdm.Training.Reports;
using Spectre.Console;

namespace IlgpuEdm.Cli.Watch;

/// <summary>Looks at a run's folder again and again, until the run has finished or the user has seen enough.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Shows the run.</summary>
    /// <param name="console">Where.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="stop">Ends it.</param>
    public static void Show(IAnsiConsole console, string folder, CancellationToken stop)
    {
        // The files are looked at before they are read: what is written in between is read once more, never missed.
        FolderMarks marks = FolderMarks.Of(folder);
        RunHistory run = RunHistory.Read(folder);
        WatchView view = View(console, run);
        console.Live(view.After(marks.Quiet)).Overflow(VerticalOverflow.Crop).Start(context =>
        {
            context.Refresh();
            while (!run.IsComplete && !stop.WaitHandle.WaitOne(Pause))
            {
                FolderMarks now = FolderMarks.Of(folder);
                if (now != marks)
                {
                    marks = now;
                    run = RunHistory.Read(folder);
                    view = View(console, run);
                }
                else if (!view.Fits(console.Profile.Width, console.Profile.Height))
                {
                    view = View(console, run);
                }

                context.UpdateTarget(view.After(marks.Quiet));
            }
        });
    }

    private static WatchView View(IAnsiConsole console, RunHistory run) => new(run, console.Profile.Width, console.Profile.Height);
}
