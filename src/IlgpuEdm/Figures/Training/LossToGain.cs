using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Figures;

/// <summary>
/// What a run gained by noise level, from its statistics, and how it spread its images over the levels (Karras et al. 2022, figure 5a).
/// </summary>
public sealed class LossToGain
{
    private const int IntervalsPerDecade = 20;
    private const double Outside = 1e-6;

    // Where noise levels are steps, the outermost are no edges.
    private const double Margin = 1.01;
    private const int LastParts = 5;

    /// <summary>Reads a run; it may be under way.</summary>
    /// <param name="run">The run's folder.</param>
    /// <exception cref="EdmException">It is no run, cannot be read, or has too few ticks.</exception>
    public LossToGain(string run)
    {
        RunHistory history = RunHistory.Read(run);
        Name = history.Name;
        NoiseLevels = history.Options.Identity.Model.Loss.Levels;
        Ticks = history.Ticks.Count;
        Images = Ticks > 0 ? history.Ticks[^1].Images : 0;
        if (Ticks < 2)
        {
            throw new EdmException($"'{run}' has {Ticks} {(Ticks == 1 ? "line" : "lines")} of statistics, and a gain needs 2 at least: "
                + "a first and a last; train it further, or with a smaller --tick");
        }

        Levels = [.. Enumerable.Range(0, SigmaBins.Count).Select(bin => Level(bin, history.Ticks)).OfType<LevelGain>()];
        if (Levels.Count < 2)
        {
            throw new EdmException($"'{run}': fewer than 2 noise levels have losses in 2 lines of statistics; train it further");
        }

        double one = NoiseLevels.FromUniform(Outside), other = NoiseLevels.FromUniform(1 - Outside);
        double low = Math.Min(Math.Min(one, other), SigmaBins.Bounds[0]) / Margin;
        double high = Math.Max(Math.Max(one, other), SigmaBins.Bounds[^1]) * Margin;
        DensityEdges = NoiseShares.Edges(low, high, (int)Math.Ceiling(IntervalsPerDecade * Math.Log10(high / low)));
        Density =
        [
            .. NoiseShares.Between(NoiseLevels, DensityEdges)
                .Select((share, i) => share / Math.Log10(DensityEdges[i + 1] / DensityEdges[i])),
        ];
    }

    /// <summary>The run's name.</summary>
    public string Name { get; }

    /// <summary>Lines of its statistics.</summary>
    public int Ticks { get; }

    /// <summary>Images that it has seen.</summary>
    public long Images { get; }

    /// <summary>The noise levels that it trains on.</summary>
    public NoiseLevels NoiseLevels { get; }

    /// <summary>
    /// Loss at the beginning and end by noise level, rising. Levels that appear in fewer than two ticks are left out.
    /// </summary>
    public IReadOnlyList<LevelGain> Levels { get; }

    /// <summary>Noise levels that bound the intervals of <see cref="Density"/>, evenly wide in log sigma.</summary>
    public IReadOnlyList<double> DensityEdges { get; }

    /// <summary>
    /// How densely the run's noise levels lie: the share of its images in an interval, over the interval's width in decimal logarithms of
    /// sigma. All shares together are 1.
    /// </summary>
    public IReadOnlyList<double> Density { get; }

    /// <summary>The share of the run's images whose noise level lies in classes with at least half of the greatest gain.</summary>
    public double ShareWhereGainIsLarge
    {
        get
        {
            double half = Levels.Max(level => level.Gain) / 2;
            double[] shares = NoiseShares.Between(NoiseLevels, SigmaBins.Bounds);
            return Levels.Where(level => level.Gain >= half).Sum(level => shares[SigmaBins.Of(level.Sigma)]);
        }
    }

    // Training is fastest at its start, so the first value stands for it alone; the last fifth evens out chance.
    private static LevelGain? Level(int bin, IReadOnlyList<TickRecord> ticks)
    {
        double[] losses = [.. ticks.Select(tick => tick.LossBySigma.GetValueOrDefault(SigmaBins.Names[bin])).OfType<double>()];
        return losses.Length < 2 ? null
            : new LevelGain(SigmaBins.Centre(bin), losses[0], losses.TakeLast(Math.Max(1, losses.Length / LastParts)).Average());
    }
}

/// <summary>The loss of a run at a noise level.</summary>
/// <param name="Sigma">The noise level: the middle of its class in log sigma.</param>
/// <param name="Initial">The weighted loss in the first tick in which an image had the level.</param>
/// <param name="Final">Its mean over the last fifth, at least one, of the ticks in which an image had the level.</param>
public sealed record LevelGain(double Sigma, double Initial, double Final)
{
    /// <summary>What training has taken off the loss; below 0 where it grew.</summary>
    public double Gain => Initial - Final;
}
