using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Figures;

/// <summary>
/// Size and frequency of a network's updates by noise level, before and after training is made even: with uniform noise levels and no
/// weights, and with EDM's (Karras et al. 2022, section 5). Measured on real images, by the loss and the backward pass of training; all
/// levels share the images and the noise.
/// </summary>
public sealed class UpdateMeasurement
{
    /// <summary>The lowest noise level.</summary>
    public const double SigmaMin = 0.002;

    /// <summary>The highest noise level.</summary>
    public const double SigmaMax = 80;

    // Large networks take seconds an image.
    private const int Intervals = 13;
    private const int Images = 16;
    private const int ImagesOfLargeNetworks = 4;
    private const long LargeNetwork = 10_000_000;

    private static readonly double[] Bounds = NoiseShares.Edges(SigmaMin, SigmaMax, Intervals);

    /// <summary>Measures.</summary>
    /// <param name="device">Where the network computes.</param>
    /// <param name="data">The images.</param>
    /// <param name="denoiser">The network, with its preconditioner; null: a compact one as training starts it.</param>
    /// <param name="seed">Determines images, noise and first weights.</param>
    /// <param name="stop">Ends the measurement.</param>
    /// <exception cref="EdmException">The network is for other images.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public UpdateMeasurement(
        Device device, IImageDataset data, NetworkDenoiser? denoiser = null, ulong seed = 0, CancellationToken stop = default)
    {
        DataRootMeanSquare = DatasetStatistics.Measure(data).RootMeanSquare;
        IsTrained = denoiser is not null;
        if (denoiser is not null)
        {
            Measure(denoiser);
            return;
        }

        ModelOptions model = new TrainingRequest { SigmaData = DataRootMeanSquare }.ModelFor(data);
        using NetworkDenoiser first = NetworkDenoiser.Untrained(device, model.Network, model.Preconditioner, seed);
        Measure(first);

        void Measure(NetworkDenoiser network)
        {
            DatasetLikelihood.RequireFit(network.Network, data);
            ParameterCount = network.ParameterCount;
            SigmaData = network.Preconditioner is EdmPreconditioner edm ? edm.SigmaData : DataRootMeanSquare;
            ImageCount = network.ParameterCount > LargeNetwork ? ImagesOfLargeNetworks : Images;
            using var loader = new BatchLoader(data, ImageCount, seed, firstImage: 0, xflip: false);
            using var gradients = new OutputGradients(device, network, loader.Next(), seed);
            Before = Updates(gradients, new UniformLevels { SigmaMax = SigmaMax }, new UnitWeight(), stop);
            After = Updates(gradients, new LogNormalLevels(), new EdmWeight { SigmaData = SigmaData }, stop);
        }
    }

    /// <summary>Noise levels: the middles, in log sigma, of <see cref="Edges"/>.</summary>
    public IReadOnlyList<double> Levels { get; } = [.. Bounds.Zip(Bounds.Skip(1), (low, high) => Math.Sqrt(low * high))];

    /// <summary>What bounds the interval of each level: evenly wide in log sigma, from 0.002 to 80; one more than levels.</summary>
    public IReadOnlyList<double> Edges => Bounds;

    /// <summary>Uniform noise levels, no weights.</summary>
    public TrainingUpdates Before { get; private set; } = null!;

    /// <summary>Log-normal noise levels, EDM's weights.</summary>
    public TrainingUpdates After { get; private set; } = null!;

    /// <summary>The root mean square of all values of the data on the scale [-1, 1].</summary>
    public double DataRootMeanSquare { get; }

    /// <summary>The sigmaData of EDM's weights: the network's, else <see cref="DataRootMeanSquare"/>.</summary>
    public double SigmaData { get; private set; }

    /// <summary>Whether the network was given, rather than one that has learned nothing.</summary>
    public bool IsTrained { get; }

    /// <summary>Trained parameters of the network.</summary>
    public long ParameterCount { get; private set; }

    /// <summary>Images that each level was measured on.</summary>
    public int ImageCount { get; private set; }

    private TrainingUpdates Updates(OutputGradients gradients, NoiseLevels levels, LossWeight weight, CancellationToken stop)
    {
        (double Output, double Weights)[] norms = [.. Levels.Select(sigma => gradients.Norms(weight, sigma, stop))];
        return new TrainingUpdates
        {
            NoiseLevels = levels,
            Weight = weight,
            Magnitudes = [.. norms.Select(norm => norm.Output)],
            WeightGradients = [.. norms.Select(norm => norm.Weights)],
            Shares = NoiseShares.Between(levels, Bounds),
        };
    }
}
