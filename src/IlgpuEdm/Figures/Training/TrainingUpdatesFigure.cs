using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>
/// Figure 13: the updates that a network gets, as arrows, before and after training is made even; and the scales of what it sees and puts
/// out under three preconditioners (Karras et al. 2022, section 5).
/// </summary>
public sealed class TrainingUpdatesFigure : Figure
{
    private const int Arrows = 50;
    private const double PixelsPerDecade = 80;
    private const string LearnedAlready = ", for this network has learned more at some levels than at others";
    private const string Sigma = "noise level σ";

    private static readonly Color BeforeColour = FigureStyle.Colours[1];
    private static readonly Color AfterColour = FigureStyle.Colours[0];

    /// <summary>Measures the numbers.</summary>
    /// <param name="device">Where the network computes.</param>
    /// <param name="data">The images.</param>
    /// <param name="denoiser">The network; null: a compact one as training starts it.</param>
    /// <param name="seed">Determines images, noise and first weights.</param>
    /// <param name="stop">Ends the measurement.</param>
    /// <exception cref="EdmException">The network is for other images.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TrainingUpdatesFigure(
        Device device, IImageDataset data, NetworkDenoiser? denoiser = null, ulong seed = 0, CancellationToken stop = default)
    {
        Updates = new UpdateMeasurement(device, data, denoiser, seed, stop);
        Preconditioners = PreconditioningScales.Measure(
            data,
            [
                new EdmPreconditioner { SigmaData = Updates.DataRootMeanSquare },
                new PlainPreconditioner(),
                new NoisePreconditioner { SigmaData = Updates.DataRootMeanSquare },
            ],
            Updates.Levels, seed);
    }

    /// <summary>The updates before and after.</summary>
    public UpdateMeasurement Updates { get; }

    /// <summary>What the network sees and must put out: with EDM's preconditioner, without, and where it predicts the noise.</summary>
    public IReadOnlyList<PreconditioningScales> Preconditioners { get; }

    /// <inheritdoc/>
    public override int Number => 13;

    /// <inheritdoc/>
    public override string Name => "training-updates";

    /// <inheritdoc/>
    public override string Title => "Updates of equal size, where they are needed";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text
    {
        get
        {
            double high = Updates.Edges[^4];
            string network = Updates.IsTrained
                ? $"the given network of {NumberText.Short(Updates.ParameterCount)} parameters"
                : $"a compact network of {NumberText.Short(Updates.ParameterCount)} parameters that has learned nothing yet";
            PreconditioningScales edm = Preconditioners[0], plain = Preconditioners[1], noise = Preconditioners[2];
            return
            [
                "Every training image is spoiled with noise of some level σ, and its error sends an update into the network. "
                    + $"Each arrow is one of {Arrows} images, spread evenly over the noise levels of training: it stands at its level, "
                    + "and its length is the size of its update. If σ is drawn evenly between 0 and "
                    + $"{NumberText.Short(UpdateMeasurement.SigmaMax)} and errors count as they are, "
                    + $"{Percent(ShareAbove(Updates.Before, high))} of all images have a σ above {Digits(high)}, and from the lowest "
                    + $"level to the highest the size of an update varies by a factor of {Digits(Updates.Before.Variation)}. Hardly "
                    + "anything is learned about the levels at which details appear.",

                "EDM treats the two apart. A weight for each level (EdmWeight) makes the updates alike: they vary by a factor of "
                    + $"{Digits(Updates.After.Variation)}{(Updates.IsTrained ? LearnedAlready : "")}. How often a level comes is then a "
                    + $"choice of its own: with LogNormalLevels {Percent(1 - ShareAbove(Updates.After, high))} of the images have a σ "
                    + $"below {Digits(high)}. All this was measured by DenoisingLoss on {network}, on {Updates.ImageCount} images with "
                    + $"σ_data = {Digits(Updates.SigmaData)}. Size means the gradient that reaches the output layer, each value of an "
                    + "image counted alike. The gradient of that layer's weights (circles) sums over the pixels, which pull in one "
                    + "direction where the network is to put out an image and in all directions where it is to put out noise; it still "
                    + $"varies by {Digits(Updates.After.WeightVariation)} after, and by {Digits(Updates.Before.WeightVariation)} before.",

                "The last three panels show why weights alone are not enough. Without preconditioning (PlainPreconditioner) the "
                    + $"network's input is up to {Digits(plain.Inputs.Max())} in size. EdmPreconditioner scales input and wanted output "
                    + $"to about 1 at every level: measured, {Digits(edm.Inputs.Min())} to {Digits(edm.Inputs.Max())} and "
                    + $"{Digits(edm.Targets.Min())} to {Digits(edm.Targets.Max())}. A network that predicts the noise "
                    + $"(NoisePreconditioner) is as well scaled, but its errors come out up to {Digits(noise.Amplifications.Max())} "
                    + "times as large at high noise. EDM's mixture of both lets through the smaller error at each end: never more than "
                    + $"{Digits(edm.Amplifications.Max())} times.",
            ];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() =>
    [
        ArrowPanel("Before: uniform σ, no weights", Updates.Before, BeforeColour),
        ArrowPanel("After: log-normal σ, weighted", Updates.After, AfterColour),
        MagnitudePanel(),
        FrequencyPanel(),
        ScalePanel("What the network sees", "size of its input", scales => scales.Inputs),
        ScalePanel("What it must put out", "size of the wanted output", scales => scales.Targets),
        ScalePanel("What its errors become", "factor in the denoised image", scales => scales.Amplifications),
    ];

    // One arrow an image, stacked in the interval of its level.
    private Panel ArrowPanel(string title, TrainingUpdates updates, Color colour)
    {
        Plot plot = FigureStyle.Plot(Sigma, $"images (of {Arrows})", title);
        var stacked = new int[Updates.Levels.Count];
        double largest = updates.Magnitudes.Max();
        for (int image = 0; image < Arrows; image++)
        {
            double sigma = updates.NoiseLevels.FromUniform((image + 0.5) / Arrows);
            int level = Math.Clamp(Updates.Edges.Count(edge => edge <= sigma) - 1, 0, stacked.Length - 1);
            stacked[level]++;
            double left = Math.Log10(Updates.Edges[level]);
            double length = 0.9 * (Math.Log10(Updates.Edges[level + 1]) - left) * updates.Magnitudes[level] / largest;
            Arrow(plot, left, left + length, stacked[level] - 0.5, colour);
        }

        SigmaAxis(plot);
        plot.Axes.SetLimitsY(0, Math.Ceiling(Arrows * Math.Max(Updates.Before.Shares.Max(), Updates.After.Shares.Max())) + 1.5);
        return new Panel(plot, $"{title}: arrows as long as updates are large, as many as there are images of their noise level.");
    }

    private static void Arrow(Plot plot, double from, double to, double y, Color colour)
    {
        // A short arrow is all head.
        float head = (float)Math.Min(6, 0.8 * PixelsPerDecade * (to - from));
        var arrow = plot.Add.Arrow(new Coordinates(from, y), new Coordinates(to, y));
        arrow.ArrowFillColor = colour;
        arrow.ArrowLineWidth = 0;
        arrow.ArrowWidth = 1.6f;
        arrow.ArrowheadWidth = 5;
        arrow.ArrowheadLength = head;
        arrow.ArrowheadAxisLength = head;
        arrow.ArrowMinimumLength = 0;
    }

    private Panel MagnitudePanel()
    {
        Plot plot = FigureStyle.Plot(Sigma, "size of an update, largest = 1", "How large the updates are");
        foreach ((string name, TrainingUpdates updates, Color colour) in Both())
        {
            Line(plot, updates.WeightGradients, updates.WeightGradients.Max(), colour, MarkerShape.OpenCircle, "", width: 1);
            Line(plot, updates.Magnitudes, updates.Magnitudes.Max(), colour, MarkerShape.None,
                $"{name}: varies {Digits(updates.Variation)} times");
        }

        // A name without a line of its own.
        var thin = plot.Add.Scatter(Array.Empty<double>(), Array.Empty<double>(), FigureStyle.Ink);
        (thin.LineWidth, thin.MarkerShape, thin.MarkerSize) = (1, MarkerShape.OpenCircle, 6);
        thin.LegendText = "circles: of the output layer's weights";
        LogarithmicAxes(plot);
        return new Panel(plot, "Size of updates by noise level: steep before, level after.", Height: 380);
    }

    private Panel FrequencyPanel()
    {
        Plot plot = FigureStyle.Plot(Sigma, "share of the images", "How often they come");
        foreach ((string name, TrainingUpdates updates, Color colour) in Both())
        {
            Line(plot, updates.Shares, 1, colour, MarkerShape.None,
                $"{name}: most at σ = {Digits(Updates.Levels[updates.Shares.Index().MaxBy(share => share.Item).Index])}");
        }

        LogarithmicAxes(plot);
        return new Panel(
            plot, "Share of training images by noise level: rising to the highest before, a hill in the middle after.", Height: 380);
    }

    private Panel ScalePanel(string title, string y, Func<PreconditioningScales, IReadOnlyList<double>> values)
    {
        Plot plot = FigureStyle.Plot(Sigma, y, title);
        string[] names = ["EDM", "without", "predicts noise"];
        foreach ((int i, PreconditioningScales scales) in Preconditioners.Index())
        {
            Line(plot, values(scales), 1, FigureStyle.Colours[i], PlotMarks.Mark(i), names[i]);
        }

        LogarithmicAxes(plot);
        if (Preconditioners.All(scales => values(scales).All(value => value is > 0.1 and < 10)))
        {
            plot.Axes.SetLimitsY(-1, 1);
        }

        return new Panel(plot, $"{title} by noise level, under three preconditioners.");
    }

    private void Line(
        Plot plot, IReadOnlyList<double> values, double unit, Color colour, MarkerShape marker, string name, float width = 2.2f)
    {
        double[] x = [.. Updates.Levels.Select(Math.Log10)], y = [.. values.Select(value => Math.Log10(value / unit))];
        var line = plot.Add.Scatter(x, y, colour);
        line.LineWidth = width;
        line.MarkerShape = marker;
        line.MarkerSize = 6;
        line.LegendText = name;
    }

    private void LogarithmicAxes(Plot plot)
    {
        SigmaAxis(plot);
        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
    }

    private void SigmaAxis(Plot plot)
    {
        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        plot.Axes.SetLimitsX(Math.Log10(Updates.Edges[0]), Math.Log10(Updates.Edges[^1]));
    }

    private IEnumerable<(string Name, TrainingUpdates Updates, Color Colour)> Both() =>
        [("before", Updates.Before, BeforeColour), ("after", Updates.After, AfterColour)];

    private double ShareAbove(TrainingUpdates updates, double sigma) =>
        updates.Shares.Where((_, i) => Updates.Edges[i] >= sigma).Sum();

    // Never 100 where some are missing.
    private static string Percent(double share) =>
        FormattableString.Invariant($"{(share > 0.99 ? Math.Floor(1000 * share) / 10 : Math.Round(100 * share))} %");

    private static string Digits(double value) => NumberText.ThreeDigits(value);
}
