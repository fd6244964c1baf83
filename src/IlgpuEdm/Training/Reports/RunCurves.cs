using System.Globalization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>Which curves a report has, and what is in them.</summary>
internal static class RunCurves
{
    private const string ImagesSeen = "images seen";
    private const string WeightedLoss = "loss (weighted, mean over elements)";
    private const int Spans = 5;
    private const int ProfilePoints = 100;

    /// <summary>The charts that have a line for each run.</summary>
    /// <param name="runs">The runs, at least one.</param>
    public static IEnumerable<SvgChart> OfAll(IReadOnlyList<RunHistory> runs)
    {
        double longest = runs.SelectMany(run => run.Ticks).Select(tick => tick.TotalSeconds).DefaultIfEmpty(0).Max();
        (double seconds, string unit) = longest switch { >= 3 * 3600 => (3600.0, "hours"), >= 180 => (60, "minutes"), _ => (1, "seconds") };
        yield return Chart("Loss", WeightedLoss, tick => tick.Loss);
        yield return Chart("Loss by training time", WeightedLoss, tick => tick.Loss) with
        {
            XName = $"{unit} of training steps",
            Series = Lines(tick => tick.TotalSeconds / seconds, tick => tick.Loss),
        };
        yield return Chart("Throughput", "images/s", tick => tick.ImagesPerSecond);
        yield return Chart("Learning rate", "of the last step", tick => tick.LearningRate);
        yield return Chart("Memory", "MB on the device", tick => tick.MemoryMb);
        yield return new SvgChart
        {
            Title = "EMA half-life",
            XName = ImagesSeen,
            YName = "images",
            Series = [.. runs.Select((run, i) => new ChartSeries(NameOf(i), ChartSeries.ColourOf(i), HalfLives(run)))],
            Note = "How many images of training halve the weight of the past in the averaged weights that draw.",
        };
        yield return new SvgChart
        {
            Title = "EMA profile",
            XName = "% of the images seen",
            YName = "weight in the average; a plain mean has 1",
            Series = [.. runs.SelectMany((run, i) => Profiles(run, runs.Count > 1, i))],
        };
        foreach (SvgChart scores in Scores(runs))
        {
            yield return scores;
        }

        SvgChart Chart(string title, string yName, Func<TickRecord, double> y) => new()
        {
            Title = title,
            XName = ImagesSeen,
            YName = yName,
            Series = Lines(tick => tick.Images, y),
        };

        ChartSeries[] Lines(Func<TickRecord, double> x, Func<TickRecord, double> y) =>
        [
            .. runs.Select((run, i) =>
                new ChartSeries(NameOf(i), ChartSeries.ColourOf(i), TickThinning.Curve(run.Ticks, x, tick => y(tick)))),
        ];

        string NameOf(int i) => runs.Count > 1 ? runs[i].Name : "";
    }

    /// <summary>The charts of a run alone: its loss by noise level.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<SvgChart> OfOne(RunHistory run)
    {
        yield return new SvgChart
        {
            Title = "Loss by noise level over time",
            XName = ImagesSeen,
            YName = "loss of each noise level sigma",
            LogarithmicY = true,
            Series =
            [
                .. SigmaBins.Names.Select((name, i) => new ChartSeries(name, ChartSeries.ColourOf(i, SigmaBins.Count),
                    TickThinning.Curve(run.Ticks, tick => tick.Images, tick => tick.LossBySigma.GetValueOrDefault(name)))),
            ],
            Note = "A level that no image of a tick had is passed over.",
        };
        yield return new SvgChart
        {
            Title = "Loss over noise level",
            XName = "sigma",
            YName = "loss, mean over a span of training",
            LogarithmicX = true,
            Series = [.. SpansOf(run)],
            Note = "Each line is a span of the images seen; the first is the beginning.",
        };
    }

    private static IEnumerable<ChartSeries> SpansOf(RunHistory run)
    {
        int spans = Math.Min(Spans, run.Ticks.Count);
        for (int i = 0; i < spans; i++)
        {
            (int first, int end) = (i * run.Ticks.Count / spans, (i + 1) * run.Ticks.Count / spans);
            TickRecord[] ticks = [.. run.Ticks.Skip(first).Take(end - first)];
            string from = NumberText.Short(first > 0 ? run.Ticks[first - 1].Images : 0);
            yield return new ChartSeries($"{from} to {NumberText.Short(ticks[^1].Images)}", ChartSeries.ColourOf(i, spans),
            [
                .. SigmaBins.Names
                    .Select((name, bin) => (Bin: bin, Loss: ticks.Select(tick => tick.LossBySigma.GetValueOrDefault(name)).Average()))
                    .Where(level => level.Loss is not null)
                    .Select(level => (SigmaBins.Centre(level.Bin), level.Loss!.Value)),
            ]);
        }
    }

    private static (double, double)[] HalfLives(RunHistory run) =>
    [
        .. TickThinning.Curve(run.Ticks, tick => tick.Images,
            tick => tick.EmaBeta is > 0 and < 1 ? run.Options.Identity.BatchSize * Math.Log(0.5) / Math.Log(tick.EmaBeta) : null),
    ];

    private static IEnumerable<ChartSeries> Profiles(RunHistory run, bool several, int index)
    {
        IReadOnlyList<double> deviations = several ? [] : run.Options.Identity.Model.Optimizer.EmaProfiles;
        string name = several ? run.Name : deviations.Count > 0 ? "half-life" : "";
        yield return new ChartSeries(name, ChartSeries.ColourOf(index), Profile(run));
        foreach ((int i, double deviation) in deviations.Where(PowerEma.IsInRange).Index())
        {
            double gamma = PowerEma.Gamma(deviation);
            yield return new ChartSeries(string.Create(CultureInfo.InvariantCulture, $"std {deviation}"), ChartSeries.ColourOf(i + 1),
                [.. Enumerable.Range(0, ProfilePoints + 1).Select(p => p / (double)ProfilePoints)
                    .Select(time => (100 * time, (gamma + 1) * Math.Pow(time, gamma)))]);
        }
    }

    // Of its own share a tick leaves what later ticks keep; each tick's steps are taken to have the decay of the last.
    private static (double, double)[] Profile(RunHistory run)
    {
        var points = new List<(double, double)>();
        double kept = 1;
        double all = run.Ticks.Count > 0 ? run.Ticks[^1].Images : 0;
        for (int i = run.Ticks.Count - 1; i >= 0; i--)
        {
            (long images, long steps) = i > 0 ? (run.Ticks[i - 1].Images, run.Ticks[i - 1].Steps) : (0, 0);
            double keeps = Math.Pow(run.Ticks[i].EmaBeta, run.Ticks[i].Steps - steps);
            double length = (run.Ticks[i].Images - images) / all;
            if (length > 0)
            {
                points.Add((100 * (run.Ticks[i].Images + images) / 2 / all, kept * (1 - keeps) / length));
            }

            kept *= keeps;
        }

        points.Reverse();
        int step = TickThinning.TicksPerPoint(points.Count);
        return [.. points.Where((_, i) => i % step == 0)];
    }

    private static IEnumerable<SvgChart> Scores(IReadOnlyList<RunHistory> runs)
    {
        foreach (var kind in runs
            .SelectMany((run, i) => run.Scores.Select(score => (Run: i, Score: score))).GroupBy(entry => entry.Score.Kind))
        {
            ScoreRecord first = kind.First().Score;
            yield return new SvgChart
            {
                Title = $"Score: {first.ScoreName}",
                XName = ImagesSeen,
                YName = $"of {NumberText.Whole(first.ScoreImages)} images drawn; less is better",
                Series =
                [
                    .. kind.GroupBy(entry => entry.Run).Select(run => new ChartSeries(runs.Count > 1 ? runs[run.Key].Name : "",
                        ChartSeries.ColourOf(run.Key), [.. run.Select(entry => ((double)entry.Score.Images, entry.Score.Score))])),
                ],
            };
        }
    }
}
