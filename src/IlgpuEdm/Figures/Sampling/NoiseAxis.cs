using ScottPlot;
using ScottPlot.TickGenerators;

namespace IlgpuEdm.Figures;

/// <summary>A time axis that is numbered by the noise level that each time reaches.</summary>
internal static class NoiseAxis
{
    /// <summary>Numbers it.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="time">When a noise level is reached.</param>
    /// <param name="sigmaMax">The highest level.</param>
    public static void Ticks(IAxis axis, Func<double, double> time, double sigmaMax)
    {
        var ticks = new NumericManual();
        for (double sigma = 0; sigma <= sigmaMax; sigma += 0.25)
        {
            if (sigma == Math.Floor(sigma))
            {
                ticks.AddMajor(time(sigma), FormattableString.Invariant($"{sigma}"));
            }
            else
            {
                ticks.AddMinor(time(sigma));
            }
        }

        axis.TickGenerator = ticks;
    }
}
