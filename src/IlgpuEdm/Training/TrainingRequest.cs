using IlgpuEdm.Data;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// A training run as a user asks for it, before the data set is known; <see cref="Resolve"/> turns it into
/// <see cref="RunOptions"/>. The defaults are those of the compact network, which learns small grey images in minutes.
/// </summary>
public sealed record TrainingRequest
{
    /// <summary>The names that <see cref="Preset"/> knows.</summary>
    public static IReadOnlyList<string> Presets { get; } = ["compact", "cifar10", "ddpmpp"];

    /// <summary>Channels of the first level.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>Channel multipliers, one a level.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 2];

    /// <summary>Residual blocks per level.</summary>
    public int BlocksPerLevel { get; init; } = 1;

    /// <summary>Resolutions with self-attention; null: that of the lowest level.</summary>
    public IReadOnlyList<int>? AttentionResolutions { get; init; }

    /// <summary>Dropout probability.</summary>
    public double Dropout { get; init; }

    /// <summary>Images per optimiser step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Images that go through the network at once; null: the whole batch.</summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>Whether half of the images are mirrored.</summary>
    public bool XFlip { get; init; }

    /// <summary>Adam, its learning rate and the average of the weights.</summary>
    public OptimizerOptions Optimizer { get; init; } = new()
    {
        LearningRate = 1e-3,
        RampUpImages = 10_000,
        EmaHalfLifeImages = 5_000,
    };

    /// <summary>The standard deviation of the data; null: measured from the data set.</summary>
    public double? SigmaData { get; init; } = 0.5;

    /// <summary>The mean of ln sigma in training.</summary>
    public double PMean { get; init; } = -1.2;

    /// <summary>The standard deviation of ln sigma in training.</summary>
    public double PStd { get; init; } = 1.2;

    /// <summary>The seed of initialisation, data order, noise and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>A word for the end of the folder's name.</summary>
    public string Description { get; init; } = "";

    /// <summary>How long, where and how chattily; its <see cref="RunSchedule.DataSource"/> is filled in later.</summary>
    public RunSchedule Schedule { get; init; } = new() { DataSource = "", Images = 200_000 };

    /// <summary>The network and optimiser that a name stands for.</summary>
    /// <param name="name"><c>compact</c>, <c>cifar10</c> (as published for 32 px) or <c>ddpmpp</c> (as published for 64 px).</param>
    /// <exception cref="EdmException">There is no such preset.</exception>
    public static TrainingRequest Preset(string name) => name switch
    {
        "compact" => new TrainingRequest(),
        "cifar10" => Published() with { ChannelMult = [2, 2, 2], Dropout = 0.13, BatchSize = 512 },
        "ddpmpp" => Published() with
        {
            ChannelMult = [1, 2, 2, 2],
            Dropout = 0.05,
            BatchSize = 256,
            Optimizer = Published().Optimizer with { LearningRate = 2e-4 },
        },
        _ => throw new EdmException($"there is no preset '{name}': the presets are {string.Join(", ", Presets)}"),
    };

    /// <summary>The run's options for a data set.</summary>
    /// <param name="data">The data set; it is read once where sigma_data is to be measured.</param>
    /// <exception cref="EdmException">An option is out of range or does not fit the images.</exception>
    public RunOptions Resolve(IImageDataset data)
    {
        var options = new RunOptions
        {
            Identity = new RunIdentity
            {
                DataName = data.Name,
                DataFingerprint = data.Fingerprint,
                Network = NetworkFor(data.Height, data.Width, data.Channels),
                Loss = LossFor(data),
                Optimizer = Optimizer,
                BatchSize = BatchSize,
                MicroBatchSize = MicroBatchSize ?? BatchSize,
                XFlip = XFlip,
                Seed = Seed,
                Description = Description,
            },
            Schedule = Schedule with { DataSource = data.Source },
        };
        options.Validate();
        return options;
    }

    /// <summary>The network for images of a size.</summary>
    /// <param name="height">Height of the images.</param>
    /// <param name="width">Width of the images.</param>
    /// <param name="imageChannels">1 or 3.</param>
    public SongUNetOptions NetworkFor(int height, int width, int imageChannels) => new()
    {
        Height = height,
        Width = width,
        ImageChannels = imageChannels,
        ModelChannels = Channels,
        ChannelMult = ChannelMult,
        BlocksPerLevel = BlocksPerLevel,
        AttentionResolutions = AttentionResolutions ?? [Math.Max(Math.Max(height, width) >> (ChannelMult.Count - 1), 1)],
        Dropout = Dropout,
    };

    /// <summary>The loss for a data set.</summary>
    /// <param name="data">The data set; it is read once where sigma_data is to be measured. Null: nothing can be measured.</param>
    public LossOptions LossFor(IImageDataset? data) => new()
    {
        SigmaData = SigmaData ?? (data is null ? 0.5 : Deviation(data)),
        PMean = PMean,
        PStd = PStd,
    };

    private static double Deviation(IImageDataset data) =>
        DatasetStatistics.Measure(data).StandardDeviation is > 0 and var deviation ? deviation
            : throw new EdmException($"--sigma-data auto: all pixels of '{data.Source}' are equal, so they have no deviation; give a number");

    private static TrainingRequest Published() => new()
    {
        Channels = 128,
        BlocksPerLevel = 4,
        AttentionResolutions = [16],
        Optimizer = new OptimizerOptions { LearningRate = 1e-3, RampUpImages = 10_000_000, EmaHalfLifeImages = 500_000 },
    };
}
