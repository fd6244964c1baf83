using System.Diagnostics;
using System.Globalization;
using IlgpuEdm.Training;
using Spectre.Console;

namespace IlgpuEdm.Cli;

/// <summary>Shows a training run: a live line under the status lines, or on a pipe a line now and then between them.</summary>
internal static class TrainingDisplay
{
    private const double Whole = 1000;

    /// <summary>Runs <paramref name="train"/>, giving it what to tell of lines and steps.</summary>
    public static TrainingResult Show(Terminal terminal, Func<Action<string>, Action<TrainingProgress>, TrainingResult> train)
    {
        if (!terminal.IsLive)
        {
            return train(terminal.Line, new PlainProgress(terminal).Tell);
        }

        return terminal.Ansi.Progress().AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                ProgressTask task = context.AddTask("starting", maxValue: Whole);
                return train(
                    line => terminal.Ansi.WriteLine(line),
                    progress =>
                    {
                        task.Value = progress.Fraction * Whole;
                        task.Description = Markup.Escape(Describe(progress));
                    });
            });
    }

    /// <summary>Counts images that are drawn, where somebody watches.</summary>
    public static T Count<T>(Terminal terminal, string what, int count, Func<Action<int>?, T> work)
    {
        if (!terminal.IsLive)
        {
            return work(null);
        }

        return terminal.Ansi.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: count);
                return work(done => task.Value = done);
            });
    }

    private static string Describe(TrainingProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"{progress.Images:N0} images  {progress.ImagesPerSecond:F1} images/s  loss {progress.Loss:F4}  ")
        + string.Create(CultureInfo.InvariantCulture,
            $"ETA {TimeText.Of(progress.Remaining.TotalSeconds)}  {progress.MemoryBytes / 1e6:F0} MB");

    private sealed class PlainProgress(Terminal terminal)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
        private long told = Stopwatch.GetTimestamp();

        public void Tell(TrainingProgress progress)
        {
            if (Stopwatch.GetElapsedTime(told) >= Pause)
            {
                told = Stopwatch.GetTimestamp();
                terminal.Line(Describe(progress));
            }
        }
    }
}
