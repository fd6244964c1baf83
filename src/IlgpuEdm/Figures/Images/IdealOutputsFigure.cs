using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 2: what the ideal denoiser answers at several noise levels, and how far a network is from it.</summary>
public sealed class IdealOutputsFigure : Figure
{
    private const int Shown = 2;
    private const int Measured = 32;
    private static readonly double[] ShownSigma = [0.1, 0.3, 1, 2, 4, 8, 20];
    private static readonly double[] MeasuredSigma = [.. Enumerable.Range(0, 13).Select(i => 0.02 * Math.Pow(80 / 0.02, i / 12.0))];

    private readonly IImageDataset _data;
    private readonly long _knownImages;
    private readonly string? _networkName;
    private readonly List<(string Name, List<byte[]> Images)> _rows = [];

    /// <summary>Denoises images of the data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="ideal">Its ideal denoiser.</param>
    /// <param name="network">A trained network; null for none.</param>
    /// <param name="networkName">What to call it.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IdealOutputsFigure(IImageDataset data, IdealDenoiser ideal, GuidedNetwork? network = null, string networkName = "the network",
        ulong seed = 0, CancellationToken stop = default)
    {
        (_data, _knownImages, _networkName) = (data, ideal.ImageCount, network is null ? null : networkName);
        IReadOnlyList<long> numbers = DatasetLikelihood.Choose(data, Measured);
        double[] images = DenoiserErrors.Read(data, numbers);
        int size = images.Length / numbers.Count;
        var noise = new double[images.Length];
        for (int i = 0; i < numbers.Count; i++)
        {
            HostRandom.FillNormal(seed, RandomPurpose.Latents, (ulong)numbers[i], noise.AsSpan(i * size, size));
        }

        Denoiser? denoise = network is null ? null : Known(network, numbers, data, stop);
        Errors = DenoiserErrors.Measure(
            [.. MeasuredSigma.Where(sigma => network is null || (sigma >= network.Range.Min && sigma <= network.Range.Max))],
            images, noise, ideal, denoise, stop);
        int shown = Math.Min(Shown, numbers.Count) * size;
        Denoiser? denoiseShown = network is null ? null : Known(network, [.. numbers.Take(Shown)], data, stop);
        Show(images[..shown], noise[..shown], size, ideal.Stoppable(stop), denoiseShown);
    }

    /// <summary>What was measured.</summary>
    public DenoiserErrors Errors { get; }

    /// <inheritdoc/>
    public override int Number => 2;

    /// <inheritdoc/>
    public override string Name => "ideal-denoiser";

    /// <inheritdoc/>
    public override string Title => "What a denoiser should answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text
    {
        get
        {
            int middle = Errors.Sigma.Index().MinBy(entry => Math.Abs(Math.Log(entry.Item))).Index;
            var text = new List<string>
            {
                "The best answer to a noisy image is the mean of all clean images that could be under the noise, each weighted by how "
                    + "likely it is. With little noise there is one such image and the answer is sharp. With more there are several, and "
                    + "their mean is blurred; in the strongest noise the answer is the mean of the whole data set. Blur is not a fault "
                    + "here: it is what least squares ask for, and what sampling needs.",
                $"For a data set of finitely many images this is a formula (equation 57 of the paper), and IdealDenoiser goes through all "
                    + $"{NumberText.Whole(_knownImages)} images of {_data.Name} for it, on the device. At noise level "
                    + $"{Two(Errors.Sigma[middle])} the answer is a mean of about {Two(Errors.EffectiveImages[middle])} images, at "
                    + $"{Two(Errors.Sigma[^1])} of {Two(Errors.EffectiveImages[^1])}.",
            };
            if (Errors.NetworkError is { } error)
            {
                int worst = error.Index().MaxBy(entry => entry.Item).Index;
                text.Add($"The lowest row of each image is {_networkName}. Its true error, the mean squared difference from the ideal "
                    + $"answer, is largest at noise level {Two(Errors.Sigma[worst])}: {Two(error[worst])}. That error is no loss alone: "
                    + "the ideal denoiser can only reproduce the data set, and what makes a network draw new images is that it smooths "
                    + "over what is between them.");
            }

            return text;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw()
    {
        Panel images = ImageTable.Draw([.. _rows.Select(row => row.Images)], _data, [.. _rows.Select(row => row.Name)],
            [.. ShownSigma.Select(NumberText.Short)], "noise level σ",
            "Images of the data set under growing noise, and what the denoisers answer");
        Plot loss = FigureStyle.Plot("noise level σ", "mean squared difference");
        Line(loss, Errors.IdealLoss, 0, "ideal answer and clean image");
        if (Errors is { NetworkLoss: { } networkLoss, NetworkError: { } networkError })
        {
            Line(loss, networkLoss, 1, "network and clean image");
            Line(loss, networkError, 2, "network and ideal answer");
        }

        Axes(loss);
        Plot count = FigureStyle.Plot("noise level σ", "images behind an answer");
        Line(count, Errors.EffectiveImages, 0, "");
        Axes(count);
        return
        [
            images,
            new Panel(loss, "The mean squared differences by noise level"),
            new Panel(count, "Of how many images the ideal answer is a mean, by noise level"),
        ];
    }

    // Two digits.
    private static string Two(double value) =>
        NumberText.Short(double.Parse(value.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    // Below this an answer is the image itself, up to rounding.
    private void Line(Plot plot, IReadOnlyList<double> values, int colour, string name, double least = 1e-6)
    {
        (double X, double Y)[] points = [.. Errors.Sigma.Zip(values).Where(point => point.Second >= least)
            .Select(point => (Math.Log10(point.First), Math.Log10(point.Second)))];
        var line = plot.Add.Scatter(
            points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray(), FigureStyle.Colours[colour]);
        (line.LegendText, line.LineWidth, line.MarkerSize) = (name, 2, 5);
    }

    private void Axes(Plot plot)
    {
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(Math.Log10(Errors.Sigma[0]) - 0.1, Math.Log10(Errors.Sigma[^1]) + 0.1);
        FigureStyle.LogarithmicTicks(plot.Axes.Bottom);
        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
    }

    private void Show(double[] images, double[] noise, int size, Denoiser ideal, Denoiser? network)
    {
        string[] names = network is null ? ["noisy", "ideal"] : ["noisy", "ideal", "network"];
        int count = images.Length / size;
        _rows.AddRange(Enumerable.Range(0, count * names.Length).Select(row => (names[row % names.Length], new List<byte[]>())));
        foreach (double sigma in ShownSigma)
        {
            double[] noisy = [.. images.Zip(noise, (clean, normal) => clean + sigma * normal)];
            double[][] answers = network is null ? [ideal(noisy, sigma)] : [ideal(noisy, sigma), network(noisy, sigma)];
            for (int i = 0; i < count; i++)
            {
                _rows[i * names.Length].Images.Add(NoisyPixels.ToBytes(noisy[(i * size)..((i + 1) * size)], sigma));
                for (int k = 0; k < answers.Length; k++)
                {
                    _rows[i * names.Length + 1 + k].Images.Add(
                        Array.ConvertAll(answers[k][(i * size)..((i + 1) * size)], PixelScale.ToByte));
                }
            }
        }
    }

    private static Denoiser Known(GuidedNetwork network, IReadOnlyList<long> numbers, IImageDataset data, CancellationToken stop)
    {
        Func<long, int?> classOf = LabelChoice.Classes(null, network.Network, data);
        return network.Denoiser([.. numbers.Select(number => new ImageSeed(0, classOf(number)))], stop);
    }
}
