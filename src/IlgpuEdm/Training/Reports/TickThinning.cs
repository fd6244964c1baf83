namespace IlgpuEdm.Training.Reports;

/// <summary>Keeps curves of long runs small: the means of a few neighbouring ticks stand for them.</summary>
internal static class TickThinning
{
    /// <summary>The most points of a curve.</summary>
    public const int MostPoints = 1_000;

    /// <summary>How many ticks make a point.</summary>
    /// <param name="ticks">How many ticks there are.</param>
    public static int TicksPerPoint(int ticks) => Math.Max(1, (ticks + MostPoints - 1) / MostPoints);

    /// <summary>A curve over the ticks: each where there are few, else means.</summary>
    /// <param name="ticks">The ticks in order.</param>
    /// <param name="x">What is from left to right.</param>
    /// <param name="y">What is from bottom to top; ticks where it is null are passed over.</param>
    public static IReadOnlyList<(double X, double Y)> Curve(
        IReadOnlyList<TickRecord> ticks, Func<TickRecord, double> x, Func<TickRecord, double?> y) =>
    [
        .. ticks.Chunk(TicksPerPoint(ticks.Count))
            .Select(chunk => chunk.Where(tick => y(tick) is not null).ToArray())
            .Where(chunk => chunk.Length > 0)
            .Select(chunk => (chunk.Average(x), chunk.Average(tick => y(tick)!.Value))),
    ];
}
