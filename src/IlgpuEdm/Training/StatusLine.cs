using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>The line that a tick prints.</summary>
internal static class StatusLine
{
    public static string Of(TickRecord tick, TimeSpan remaining) => string.Create(CultureInfo.InvariantCulture,
        $"images {tick.Images,-10:N0} loss {tick.Loss:F4}  {tick.ImagesPerSecond,7:F1} images/s  lr {tick.LearningRate:0.00e+0}  ")
        + string.Create(CultureInfo.InvariantCulture, $"memory {tick.MemoryMb,6:F0} MB  ETA {TimeText.Of(remaining.TotalSeconds)}");
}

/// <summary>Spans of time as people read them.</summary>
public static class TimeText
{
    /// <summary>Such as <c>5s</c>, <c>10m 05s</c> or <c>3h 20m</c>.</summary>
    /// <param name="seconds">The span.</param>
    public static string Of(double seconds)
    {
        long whole = (long)Math.Round(Math.Max(seconds, 0));
        return whole switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{whole}s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{whole / 60}m {whole % 60:D2}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}h {whole / 60 % 60:D2}m"),
        };
    }
}
