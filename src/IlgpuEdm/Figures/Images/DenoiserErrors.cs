using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Figures;

/// <summary>
/// How far denoisers are from clean images, and a network from the ideal denoiser, by noise level: means over images of the data set, of
/// squares over pixels from -1 to 1.
/// </summary>
/// <param name="Sigma">The noise levels.</param>
/// <param name="IdealLoss">
/// Mean squared difference of the ideal denoiser's answer and the clean image: no denoiser of this data is below it.
/// </param>
/// <param name="EffectiveImages">
/// Of how many images of the data set the ideal answer is a mean: 1 over the sum of the squared weights.
/// </param>
/// <param name="NetworkLoss">As <paramref name="IdealLoss"/>, of the network; null without one.</param>
/// <param name="NetworkError">
/// The network's true error: the mean squared difference of its answer and the ideal one; null without a network.
/// </param>
public sealed record DenoiserErrors(IReadOnlyList<double> Sigma, IReadOnlyList<double> IdealLoss,
    IReadOnlyList<double> EffectiveImages, IReadOnlyList<double>? NetworkLoss, IReadOnlyList<double>? NetworkError)
{
    /// <summary>Measures.</summary>
    /// <param name="sigmas">The noise levels.</param>
    /// <param name="images">Clean images of the data set, one after the other.</param>
    /// <param name="noise">Standard normals, as the images; the same at all levels.</param>
    /// <param name="ideal">The ideal denoiser.</param>
    /// <param name="network">The network's denoiser for these images; null for none.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static DenoiserErrors Measure(IReadOnlyList<double> sigmas, double[] images, double[] noise, IdealDenoiser ideal,
        Denoiser? network, CancellationToken stop)
    {
        var idealLoss = new double[sigmas.Count];
        var effective = new double[sigmas.Count];
        double[]? networkLoss = network is null ? null : new double[sigmas.Count];
        double[]? networkError = network is null ? null : new double[sigmas.Count];
        for (int i = 0; i < sigmas.Count; i++)
        {
            double sigma = sigmas[i];
            double[] noisy = [.. images.Zip(noise, (clean, normal) => clean + sigma * normal)];
            IdealEstimate best = ideal.Estimate(noisy, sigma, stop);
            idealLoss[i] = MeanSquare(best.Denoised, images);
            effective[i] = best.EffectiveImages.Average();
            if (network is not null)
            {
                double[] answer = network(noisy, sigma);
                networkLoss![i] = MeanSquare(answer, images);
                networkError![i] = MeanSquare(answer, best.Denoised);
            }
        }

        return new DenoiserErrors([.. sigmas], idealLoss, effective, networkLoss, networkError);
    }

    /// <summary>Images of a data set on the scale of denoisers.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="numbers">Their numbers.</param>
    internal static double[] Read(IImageDataset data, IReadOnlyList<long> numbers)
    {
        byte[] pixels = new byte[data.Height * data.Width * data.Channels];
        var values = new double[numbers.Count * pixels.Length];
        foreach ((int i, long number) in numbers.Index())
        {
            data.ReadImage(number, pixels);
            for (int j = 0; j < pixels.Length; j++)
            {
                values[i * pixels.Length + j] = PixelScale.ToUnit(pixels[j]);
            }
        }

        return values;
    }

    private static double MeanSquare(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Average();
}
