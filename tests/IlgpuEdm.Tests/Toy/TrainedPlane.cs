using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Toy;

/// <summary>
/// A network trained on the plane's mixture, and as it was after a tenth of the training. EDM's network, preconditioner and loss; of the
/// defaults only sizes, rates and the spreading of noise levels are others.
/// </summary>
internal sealed class TrainedPlane : IDisposable
{
    /// <summary>Points of the training.</summary>
    public const long Points = 384_000;

    /// <summary>Points of a test sample.</summary>
    public const int SampleSize = 1000;

    private const int BatchSize = 512;
    private readonly TrainingModel _model;

    public TrainedPlane(Device device)
    {
        var request = new TrainingRequest
        {
            Channels = 32,
            StratifiedSigma = true,
            Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 2 * Points / 3, EmaHalfLifeImages = Points / 10.0 },
        };
        _model = new TrainingModel(device, PlaneTraining.Options(request), 1);
        using var folder = new TemporaryFolder();
        long seen = PlaneTraining.Train(_model, 0, Points / 10, BatchSize);
        var snapshot = new SafetensorsWriter();
        _model.AddEma(snapshot);
        snapshot.WriteTo(folder.File("tenth.safetensors"));
        Tenth = NetworkDenoiser.Load(device, folder.File("tenth.safetensors"));
        PlaneTraining.Train(_model, seen, Points, BatchSize);
        Network = _model.EmaDenoiser();
    }

    /// <summary>After all of the training.</summary>
    public NetworkDenoiser Network { get; }

    /// <summary>After a tenth of it.</summary>
    public NetworkDenoiser Tenth { get; }

    /// <summary>Samples in 18 steps of Ralston's method.</summary>
    public static double[] Sample(NetworkDenoiser denoiser, ulong seed)
    {
        var latents = new double[2 * SampleSize];
        HostRandom.FillNormal(seed, RandomPurpose.Latents, 0, latents);
        return Sampler.Sample(denoiser.Denoise, latents, new SamplerOptions { Solver = "ralston" }, denoiser.Range);
    }

    /// <summary>The P of energy tests of samples against as many true points, one a seed, in ascending order.</summary>
    public static double[] P(NetworkDenoiser denoiser, int seeds) => [.. Enumerable.Range(0, seeds).Select(seed =>
        EnergyTest.Compare(
            Sample(denoiser, (ulong)seed), PlaneTraining.Truth((ulong)seed, SampleSize), 2, (ulong)seed, permutations: 399).P).Order()];

    public void Dispose()
    {
        Network.Dispose();
        Tenth.Dispose();
        _model.Dispose();
    }
}
