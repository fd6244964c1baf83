using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>Figure 1: denoising again and again reveals an image, by the loop that one would think of first and by Heun's method.</summary>
public sealed class FirstGuessFigure : Figure
{
    private const int Frames = 44;
    private const int Milliseconds = 90;
    private const int LastMilliseconds = 1_800;
    private static readonly double[] StripSigma = [80, 20, 8, 3, 1, 0.5, 0.1];
    private static readonly string[] RowNames = ["98 % loop:\nnoisy", "its answer", "Heun:\nnoisy", "its answer"];

    private readonly IImageDataset _data;
    private readonly string _denoiser;
    private readonly bool _isIdeal;

    /// <summary>Samples four images.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="ideal">Its ideal denoiser, which is taken where there is no network.</param>
    /// <param name="network">A trained network; null for none.</param>
    /// <param name="networkName">What to call it.</param>
    /// <param name="seed">The seed of the first image; the others follow.</param>
    /// <param name="stop">Ends the sampling.</param>
    /// <exception cref="EdmException">The denoiser gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public FirstGuessFigure(IImageDataset data, IdealDenoiser ideal, GuidedNetwork? network = null, string networkName = "the network",
        ulong seed = 0, CancellationToken stop = default)
    {
        ulong[] seeds = [seed, seed + 1, seed + 2, seed + 3];
        IReadOnlyList<ImageSeed> images =
            network is null ? [.. seeds.Select(one => new ImageSeed(one))] : ClassChoice.Images(null, seeds, network.Network);
        Denoiser denoise = network?.Denoiser(images, stop) ?? ideal.Stoppable(stop);
        Guess = FirstGuess.Sample(denoise, network?.Range ?? SigmaRange.Unlimited, images, data);
        _data = data;
        _isIdeal = network is null;
        _denoiser = network is null
            ? string.Create(CultureInfo.InvariantCulture, $"the ideal denoiser of the {ideal.ImageCount:N0} images of {data.Name}")
            : networkName;
    }

    /// <summary>What was sampled.</summary>
    public FirstGuess Guess { get; }

    /// <inheritdoc/>
    public override int Number => 1;

    /// <inheritdoc/>
    public override string Name => "first-guess";

    /// <inheritdoc/>
    public override string Title => "Denoising reveals an image";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Text =>
    [
        "Take a picture of nothing but strong noise, and ask a denoiser what is hidden in it. Its answer is a blur: anything could be. "
        + "Keep 98 % of the picture, mix in 2 % of the answer, call the noise 2 % weaker, and ask again. With every round the picture "
        + $"leans a little further towards one image, and the denoiser sees more of it. After {FirstGuess.LoopSteps} rounds the noise is "
        + $"down to {Text2(Guess.Loop[^1].Sigma)}, and the last answer is an image.",
        $"That loop (NaiveSampler) is a slow way to solve an equation. HeunSampler solves the same one from the same noise with "
        + $"{FirstGuess.HeunSteps} steps, which take {Guess.Heun[^1].Calls} calls of the denoiser instead of {Guess.Loop[^1].Calls}. The "
        + $"two results differ by {Text2(Guess.Distance)} (root mean square, where pixels go from -1 to 1).",
        $"The denoiser here is {_denoiser}. " + (_isIdeal
            ? "It is the mean of all these images, each weighted by how likely it is to be the one under the noise; it can only ever "
                + "reveal an image of the data set. A trained network comes close to it, and draws new ones: --network shows that."
            : "It was trained to come close to the mean of all images that could be hidden under the noise."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Panel> Draw() => [Frame(0), Strip(), Calls()];

    /// <inheritdoc/>
    public override Film Animate() => new(Enumerable.Range(0, Frames)
        .Select(k => (Frame(Sigma(k)), k == Frames - 1 ? LastMilliseconds : Milliseconds)), scale: 1);

    // Evenly in the logarithm, to where nothing moves any more; the last frame is the end.
    private double Sigma(int frame) => frame == Frames - 1 ? 0
        : Guess.Loop[0].Sigma * Math.Pow(0.02 / Guess.Loop[0].Sigma, frame / (Frames - 2.0));

    private Panel Frame(double sigma)
    {
        GuessStep loop = FirstGuess.At(Guess.Loop, sigma);
        GuessStep heun = FirstGuess.At(Guess.Heun, sigma);
        string[] names =
        [
            RowNames[0], string.Create(CultureInfo.InvariantCulture, $"its answer\n(call {loop.Calls})"),
            RowNames[2], string.Create(CultureInfo.InvariantCulture, $"its answer\n(call {heun.Calls})"),
        ];
        return ImageTable.Draw([loop.Noisy, loop.Denoised, heun.Noisy, heun.Denoised], _data, names, ["", "", "", ""], null,
            "Four images as they come out of the noise, by the simple loop and by Heun's method");
    }

    private Panel Strip()
    {
        GuessStep[] loop = [.. StripSigma.Select(sigma => FirstGuess.At(Guess.Loop, sigma))];
        GuessStep[] heun = [.. StripSigma.Select(sigma => FirstGuess.At(Guess.Heun, sigma))];
        return ImageTable.Draw(
            [
                [.. loop.Select(step => step.Noisy[0])], [.. loop.Select(step => step.Denoised[0])],
                [.. heun.Select(step => step.Noisy[0])], [.. heun.Select(step => step.Denoised[0])],
            ],
            _data, RowNames, [.. StripSigma.Select(sigma => sigma.ToString(CultureInfo.InvariantCulture))], "noise level σ",
            "The first of these images at seven noise levels, by both");
    }

    private Panel Calls()
    {
        Plot plot = FigureStyle.Plot("calls of the denoiser", "noise level σ");
        (string Name, IReadOnlyList<GuessStep> Steps)[] ways = [("98 % loop", Guess.Loop), ("Heun", Guess.Heun)];
        foreach ((int i, (string name, IReadOnlyList<GuessStep> steps)) in ways.Index())
        {
            var line = plot.Add.Scatter(steps.SkipLast(1).Select(step => (double)step.Calls).ToArray(),
                steps.SkipLast(1).Select(step => Math.Log10(step.Sigma)).ToArray(), FigureStyle.Colours[i]);
            line.LegendText = string.Create(CultureInfo.InvariantCulture, $"{name}: {steps[^1].Calls} calls");
            line.MarkerSize = i == 0 ? 0 : 6;
            line.LineWidth = 2;
        }

        FigureStyle.LogarithmicTicks(plot.Axes.Left);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "The noise level after so many calls of the denoiser, by both");
    }

    private static string Text2(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
