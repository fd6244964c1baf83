using IlgpuEdm.Formats;
using ScottPlot;

namespace IlgpuEdm.Plots;

/// <summary>Numbers of an axis that shows decimal logarithms: powers of ten, and small marks at their multiples.</summary>
internal sealed class DecadeTicks : ITickGenerator
{
    // About as wide as the longest of its numbers, and some air.
    private const float PixelsPerTick = 44;

    /// <inheritdoc/>
    public Tick[] Ticks { get; private set; } = [];

    /// <inheritdoc/>
    public int MaxTickCount { get; set; } = 10_000;

    /// <inheritdoc/>
    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        int low = (int)Math.Ceiling(range.Min - 1e-9);
        int high = (int)Math.Floor(range.Max + 1e-9);
        int step = Math.Max(1, (int)Math.Ceiling((high - low + 1) * PixelsPerTick / Math.Max(size.Length, 1)));
        var ticks = new List<Tick>();
        for (int exponent = low - 1; exponent <= high; exponent++)
        {
            if (exponent >= low)
            {
                bool labelled = exponent % step == 0;
                ticks.Add(new Tick(exponent, labelled ? NumberText.Short(Math.Pow(10, exponent)) : "", isMajor: labelled));
            }

            if (step == 1)
            {
                ticks.AddRange(Enumerable.Range(2, 8).Select(k => exponent + Math.Log10(k))
                    .Where(at => at >= range.Min && at <= range.Max).Select(at => new Tick(at, "", isMajor: false)));
            }
        }

        Ticks = [.. ticks];
    }
}
