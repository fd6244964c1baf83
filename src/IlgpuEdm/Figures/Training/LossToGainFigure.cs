using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 14: the noise levels of a run over the loss that it had to gain (Karras et al. 2022, figure 5a).</summary>
/// <param name="run">The run's folder; <see cref="ShortRun"/> makes one.</param>
/// <exception cref="EdmException">It is no run, cannot be read, or has too few ticks.</exception>
public sealed class LossToGainFigure(string run) : Figure
{
    private static readonly Color InitialColour = FigureStyle.Colours[6];
    private static readonly Color FinalColour = FigureStyle.Colours[0];
    private static readonly Color DensityColour = FigureStyle.Colours[1];

    /// <summary>The losses and the noise levels.</summary>
    public LossToGain Run { get; } = new(run);

    /// <inheritdoc/>
    public override int Number => 14;

    /// <inheritdoc/>
    public override string Name => "loss-to-gain";

    /// <inheritdoc/>
    public override string Title => "Train where there is something to gain";

    /// <inheritdoc/>
    public override int Columns => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text
    {
        get
        {
            LevelGain best = Run.Levels.MaxBy(level => level.Gain)!, low = Run.Levels[0], high = Run.Levels[^1];
            return
            [
                $"The loss of the run {Run.Name} by noise level, at its start and after {NumberText.Whole(Run.Images)} images; "
                    + $"the band between is what training has gained. It is widest at σ = {Digits(best.Sigma)}, where the loss fell "
                    + $"from {Digits(best.Initial)} to {Digits(best.Final)}. At the lowest level measured, σ = {Digits(low.Sigma)}, it "
                    + $"went from {Digits(low.Initial)} to {Digits(low.Final)}, at the highest, σ = {Digits(high.Sigma)}, from "
                    + $"{Digits(high.Initial)} to {Digits(high.Final)}.",

                "At very low noise there is little to gain however long one trains: next to none of the noise can be told from "
                    + "the image, and it would not be seen. At very high noise the best answer is about the mean of all images, and "
                    + "little is left to gain once that is known. Most of the work lies between, and there the noise levels of "
                    + $"training should lie too: the hill is their distribution. {100 * Run.ShareWhereGainIsLarge:0} % of this run's "
                    + "images have levels at which the gain is at least half of the greatest.",

                "All numbers are those of the run's stats.jsonl, in the classes of SigmaBins. The start is the first line in "
                    + "which a level occurs; the end is the mean of the last fifth of the lines in which it does; levels that occur in "
                    + "fewer than two lines are left out. The hill is drawn from the quantiles of the run's NoiseLevels.",
            ];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Plot plot = FigureStyle.Plot("noise level σ", "loss (weighted)");
        double[] x = [.. Run.Levels.Select(level => Math.Log10(level.Sigma))];
        double[] initial = [.. Run.Levels.Select(level => level.Initial)], final = [.. Run.Levels.Select(level => level.Final)];
        var band = plot.Add.FillY(x, initial, [.. initial.Zip(final, Math.Min)]);
        band.FillColor = FinalColour.WithAlpha(0.18);
        band.LineWidth = 0;
        band.MarkerSize = 0;
        band.LegendText = "gained";
        Line(plot, x, initial, InitialColour, MarkerShape.OpenSquare, "loss at the start");
        Line(plot, x, final, FinalColour, MarkerShape.FilledCircle, "loss at the end");

        double[] middles = [.. Run.Density.Select((_, i) => Math.Log10(Run.DensityEdges[i] * Run.DensityEdges[i + 1]) / 2)];
        var density = Line(plot, middles, [.. Run.Density], DensityColour, MarkerShape.None, "images per decade of σ (right)");
        density.Axes.YAxis = plot.Axes.Right;
        density.FillY = true;
        density.FillYColor = DensityColour.WithAlpha(0.08);
        FigureStyle.LinearTicks(plot.Axes.Right);
        plot.Axes.Right.Label.Text = "share of images per decade";
        plot.Axes.Right.Label.FontSize = 14;
        plot.Axes.Right.Label.Bold = false;
        plot.Axes.Right.Label.ForeColor = DensityColour;
        plot.Axes.Right.TickLabelStyle.FontSize = 13;
        plot.Axes.Right.TickLabelStyle.ForeColor = DensityColour;

        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);

        // Room at both ends: the numbers of the three axes would touch in the corners.
        plot.Axes.SetLimitsX(Math.Log10(Run.DensityEdges[0]) - 0.25, Math.Log10(Run.DensityEdges[^1]) + 0.25);
        plot.Axes.SetLimitsY(0, 1.1 * Math.Max(initial.Max(), final.Max()), plot.Axes.Left);
        plot.Axes.SetLimitsY(0, 1.25 * Run.Density.Max(), plot.Axes.Right);
        FigureStyle.LegendBelow(plot);
        return
        [
            new Panel(
                plot, "Loss by noise level at the start and the end, the gap between, and the density of the noise levels.", Height: 380),
        ];
    }

    private static ScottPlot.Plottables.Scatter Line(
        Plot plot, double[] x, double[] y, Color colour, MarkerShape marker, string name)
    {
        var line = plot.Add.Scatter(x, y, colour);
        line.LineWidth = 2.2f;
        line.MarkerShape = marker;
        line.MarkerSize = 6;
        line.LegendText = name;
        return line;
    }

    private static string Digits(double value) => NumberText.ThreeDigits(value);
}
