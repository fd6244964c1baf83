using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>
/// What a network sees and must put out under a preconditioner, by noise level, measured on real images and noise
/// (Karras et al. 2022, section 5 and equations 7 and 8).
/// </summary>
public sealed record PreconditioningScales
{
    private const int Images = 64;

    /// <summary>How the network becomes a denoiser.</summary>
    public required Preconditioner Preconditioner { get; init; }

    /// <summary>The root mean square of the network's input, <c>c_in x</c>, by noise level.</summary>
    public required IReadOnlyList<double> Inputs { get; init; }

    /// <summary>
    /// The root mean square of what the network must put out, <c>(y - c_skip x) / c_out</c>, by noise level.
    /// </summary>
    public required IReadOnlyList<double> Targets { get; init; }

    /// <summary>The factor by which an error of the network appears in the denoised image, <c>|c_out|</c>, by noise level.</summary>
    public required IReadOnlyList<double> Amplifications { get; init; }

    /// <summary>Measures several preconditioners on the same images and noise.</summary>
    /// <param name="data">The images; the first 64 of a shuffle are used.</param>
    /// <param name="preconditioners">The preconditioners.</param>
    /// <param name="levels">The noise levels.</param>
    /// <param name="seed">Determines images and noise.</param>
    /// <returns>One for each preconditioner.</returns>
    public static IReadOnlyList<PreconditioningScales> Measure(
        IImageDataset data, IReadOnlyList<Preconditioner> preconditioners, IReadOnlyList<double> levels, ulong seed)
    {
        using var loader = new BatchLoader(data, Images, seed, firstImage: 0, xflip: false);
        double[] y = Array.ConvertAll(loader.Next().Images, v => (double)v);
        var noise = new double[y.Length];
        int size = y.Length / Images;
        for (int image = 0; image < Images; image++)
        {
            HostRandom.FillNormal(seed, RandomPurpose.TrainingNoise, (ulong)image, noise.AsSpan(image * size, size));
        }

        return [.. preconditioners.Select(Of)];

        PreconditioningScales Of(Preconditioner preconditioner) => new()
        {
            Preconditioner = preconditioner,
            Inputs = [.. levels.Select(sigma => RootMeanSquare(i => preconditioner.CIn(sigma) * (y[i] + sigma * noise[i])))],
            Targets = [.. levels.Select(sigma => RootMeanSquare(
                i => (y[i] - preconditioner.CSkip(sigma) * (y[i] + sigma * noise[i])) / preconditioner.COut(sigma)))],
            Amplifications = [.. levels.Select(sigma => Math.Abs(preconditioner.COut(sigma)))],
        };

        double RootMeanSquare(Func<int, double> value) =>
            Math.Sqrt(Enumerable.Range(0, y.Length).Sum(i => value(i) is var v ? v * v : 0) / y.Length);
    }
}
