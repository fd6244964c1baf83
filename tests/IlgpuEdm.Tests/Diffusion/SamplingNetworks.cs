using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>A conditional network, and a weaker one to guide it, with their first weights.</summary>
internal sealed class SamplingNetworks : IDisposable
{
    private readonly TrainingModel _main;
    private readonly TrainingModel _other;

    public SamplingNetworks(Device device)
    {
        var fast = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 10, EmaHalfLifeImages = 20 };
        _main = new TrainingModel(device, new ModelOptions { Network = Options, Optimizer = fast }, seed: 3);
        _other = new TrainingModel(device, new ModelOptions { Network = Options with { ModelChannels = 8 }, Optimizer = fast }, seed: 4);
        Train(_main);
        Train(_other);
        Main = _main.EmaDenoiser();
        Guide = _other.EmaDenoiser();
    }

    public static SongUNetOptions Options { get; } = new()
    {
        Height = 8,
        Width = 8,
        ImageChannels = 1,
        LabelDim = 3,
        LabelDropout = 0.1,
        ModelChannels = 16,
        ChannelMult = [1],
        BlocksPerLevel = 1,
        AttentionResolutions = [],
    };

    public NetworkDenoiser Main { get; }

    public NetworkDenoiser Guide { get; }

    public GuidedNetwork Of(string how) => how switch
    {
        "plain" => new GuidedNetwork(Main),
        "guided" => new GuidedNetwork(Main, 2),
        _ => new GuidedNetwork(Main, 1.5, Guide, new SigmaInterval(0.1, 30)),
    };

    public void Dispose()
    {
        Main.Dispose();
        Guide.Dispose();
        _main.Dispose();
        _other.Dispose();
    }

    // The first weights of the last layer are zeros, so classes have no effect before some steps.
    private static void Train(TrainingModel model)
    {
        for (int step = 0; step < 3; step++)
        {
            float[] pixels = [.. Enumerable.Range(0, 6 * 64).Select(i => MathF.Sin(0.1f * (i + (37 * step)) * (1 + (i / 64 % 3))))];
            var batch = new Batch { FirstImage = 1_000_000 + (6 * step), Size = 6, Images = pixels, Labels = [0, 1, 2, 0, 1, 2] };
            model.Step(batch, microBatch: 6);
        }
    }
}
