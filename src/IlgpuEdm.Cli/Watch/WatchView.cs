using System.Globalization;
using IlgpuEdm.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IlgpuEdm.Cli.Watch;

/// <summary>What <c>watch</c> shows of a run as it was read: made once, but for the line that says how long ago.</summary>
internal sealed class WatchView
{
    private const int MostChartWidth = 110;
    private const int ChartHeight = 8;

    // Name, numbers, scores and headings; the rest of the screen is for the chart and the picture.
    private const int OtherLines = 9;
    private const int LeastPicture = 4;

    private readonly RunHistory _run;
    private readonly int _width;
    private readonly int _height;
    private readonly List<IRenderable> _parts = [];

    /// <summary>Draws the parts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="width">Characters across.</param>
    /// <param name="height">Lines.</param>
    public WatchView(RunHistory run, int width, int height)
    {
        _run = run;
        _width = width;
        _height = height;
        _parts.Add(new Text(string.Join("  ", Numbers(run))));
        _parts.Add(new Text(string.Join("  ", Scores(run))));
        if (run.Ticks.Count > 0)
        {
            _parts.Add(new Text("loss over the images seen"));
            _parts.Add(new Text(string.Join('\n', BrailleChart.Draw(
                [.. run.Ticks.Select(tick => tick.Loss)], Math.Min(width - 1, MostChartWidth), ChartHeight))));
        }

        int room = height - OtherLines - ChartHeight;
        if (run.Grids.Count > 0 && room >= LeastPicture && TryDecode(run.Grids[^1]) is { } picture)
        {
            _parts.Add(new Text(string.Create(CultureInfo.InvariantCulture, $"samples after {run.Grids[^1].Images:N0} images")));
            _parts.Add(HalfBlockPicture.Draw(picture, width - 1, room));
        }
    }

    /// <summary>One line, for a pipe.</summary>
    /// <param name="run">The run.</param>
    public static string Line(RunHistory run) => string.Join("  ", [$"{run.Name}: images {run.Progress}", .. Numbers(run), .. Scores(run)]);

    /// <summary>Whether it was drawn for a screen of a size.</summary>
    /// <param name="width">Characters across.</param>
    /// <param name="height">Lines.</param>
    public bool Fits(int width, int height) => (width, height) == (_width, _height);

    /// <summary>The screen.</summary>
    /// <param name="quiet">How long the run's files have not changed.</param>
    public IRenderable After(TimeSpan quiet) => new Rows(
    [
        new Text(_run.Name, new Style(decoration: Decoration.Bold)),
        new Text($"images {_run.Progress}" + (_run.IsFinished ? "" : $"; files changed {TimeText.Of(quiet.TotalSeconds)} ago")),
        .. _parts,
    ]);

    private static IEnumerable<string> Numbers(RunHistory run)
    {
        if (run.Ticks.Count == 0)
        {
            return ["no tick has ended yet"];
        }

        TickRecord last = run.Ticks[^1];
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"loss {last.Loss:F4}"),
            string.Create(CultureInfo.InvariantCulture, $"{last.ImagesPerSecond:F1} images/s"),
            string.Create(CultureInfo.InvariantCulture, $"lr {last.LearningRate:0.00e+0}"),
            string.Create(CultureInfo.InvariantCulture, $"memory {last.MemoryMb:F0} MB"),
            $"training time {TimeText.Of(last.TotalSeconds)}",
        ];
    }

    private static IEnumerable<string> Scores(RunHistory run) => run.Scores.TakeLast(1).Select(score =>
        string.Create(CultureInfo.InvariantCulture, $"{score.ScoreName} {score.Score:G5} at {score.Images:N0} images"));

    // It may be a damaged one, or one that was taken away in this moment.
    private static DecodedImage? TryDecode(RunGrid grid)
    {
        try
        {
            return grid.TryReadBytes() is { } bytes ? ImageCodec.Default.Decode(bytes, grid.Path) : null;
        }
        catch (EdmException)
        {
            return null;
        }
    }
}
