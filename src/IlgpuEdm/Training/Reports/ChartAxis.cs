namespace IlgpuEdm.Training.Reports;

/// <summary>One axis of a chart: a range, linear or logarithmic, with round numbers as ticks.</summary>
internal sealed class ChartAxis
{
    // Relative to a step: what rounding makes of a tick that lies on the end of the range.
    private const double Slack = 1e-6;

    private ChartAxis(double low, double high, bool isLogarithmic, IReadOnlyList<double> ticks)
    {
        Low = low;
        High = high;
        IsLogarithmic = isLogarithmic;
        Ticks = ticks;
    }

    /// <summary>The least value.</summary>
    public double Low { get; }

    /// <summary>The greatest value, above <see cref="Low"/>.</summary>
    public double High { get; }

    /// <summary>Whether equal ratios, rather than equal differences, are equally far apart.</summary>
    public bool IsLogarithmic { get; }

    /// <summary>Round values within the range, in order.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>A linear axis whose ends are round numbers.</summary>
    /// <param name="values">Finite values to show.</param>
    /// <param name="most">About how many ticks there may be.</param>
    public static ChartAxis FromZero(IEnumerable<double> values, int most)
    {
        double high = values.DefaultIfEmpty(0).Max();
        high = high > ChartSeries.Smallest ? high : 1;
        double step = RoundUp(high / most);
        high = Math.Ceiling((high / step) - Slack) * step;
        return new ChartAxis(0, high, isLogarithmic: false, LinearTicks(high, step));
    }

    /// <summary>A linear axis from 0 to the greatest value itself.</summary>
    /// <param name="values">Finite values to show.</param>
    /// <param name="most">About how many ticks there may be.</param>
    public static ChartAxis Tight(IEnumerable<double> values, int most)
    {
        double high = values.DefaultIfEmpty(0).Max();
        high = high > ChartSeries.Smallest ? high : 1;
        return new ChartAxis(0, high, isLogarithmic: false, LinearTicks(high, RoundUp(high / most)));
    }

    /// <summary>A logarithmic axis whose ends are 1, 2 or 5 times a power of ten.</summary>
    /// <param name="values">Values to show, above 0.</param>
    /// <param name="most">How many ticks there may be.</param>
    public static ChartAxis Logarithmic(IEnumerable<double> values, int most)
    {
        double[] all = [.. values.DefaultIfEmpty(1)];
        double low = RoundDown(all.Min());
        double high = RoundUp(all.Max());
        high = high > low ? high : RoundUp(low * 1.5);
        int first = (int)Math.Floor(Math.Log10(low) + Slack);
        int last = (int)Math.Ceiling(Math.Log10(high) - Slack);
        double[] fine = [.. Powers(1).SelectMany(power => new[] { power, 2 * power, 5 * power }).Where(IsWithin)];
        return new ChartAxis(low, high, isLogarithmic: true,
            fine.Length <= most ? fine : [.. Powers(((last - first) / most) + 1).Where(IsWithin)]);

        IEnumerable<double> Powers(int step) =>
            Enumerable.Range(0, last - first + 1).Where(i => i % step == 0).Select(i => Math.Pow(10, first + i));

        bool IsWithin(double value) => value >= low * (1 - Slack) && value <= high * (1 + Slack);
    }

    /// <summary>Where a value lies, 0 at <see cref="Low"/> and 1 at <see cref="High"/>.</summary>
    /// <param name="value">A finite value; above 0 on a logarithmic axis.</param>
    public double Position(double value) => IsLogarithmic
        ? Math.Log(value / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low);

    private static double[] LinearTicks(double high, double step) =>
        [.. Enumerable.Range(0, (int)Math.Floor((high / step) + Slack) + 1).Select(i => i * step)];

    // The least of 1, 2 and 5 times a power of ten that is no less.
    private static double RoundUp(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((value / power) switch { <= 1 + Slack => 1, <= 2 + Slack => 2, <= 5 + Slack => 5, _ => 10 });
    }

    private static double RoundDown(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((value / power) switch { >= 10 - Slack => 10, >= 5 - Slack => 5, >= 2 - Slack => 2, _ => 1 });
    }
}
