using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// A training run as a user asks for it, before the data set is known; <see cref="Resolve"/> turns it into
/// <see cref="RunOptions"/>. The defaults are those of the compact network, which learns small grey images in minutes.
/// </summary>
public sealed record TrainingRequest
{
    /// <summary>The names that <see cref="Architecture"/> takes.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["ddpmpp", "ncsnpp", "adm"];

    /// <summary>The names that <see cref="Precond"/> takes.</summary>
    public static IReadOnlyList<string> Preconditioners { get; } = ["edm", "vp", "ve", "iddpm", "plain", "noise"];

    /// <summary>The names that <see cref="Weight"/> takes.</summary>
    public static IReadOnlyList<string> Weights { get; } = ["edm", "inverse-variance", "soft-min-snr", "none"];

    /// <summary>The family of the network: <c>ddpmpp</c>, <c>ncsnpp</c> or <c>adm</c>.</summary>
    public string Architecture { get; init; } = "ddpmpp";

    /// <summary>The preconditioner, and where <see cref="Loss"/> says nothing also the loss.</summary>
    public string Precond { get; init; } = "edm";

    /// <summary>The loss; null: the preconditioner's own.</summary>
    public string? Loss { get; init; }

    /// <summary>The weight of noise levels; null: the loss's own.</summary>
    public string? Weight { get; init; }

    /// <summary>Whether the noise levels of a batch are spread evenly.</summary>
    public bool StratifiedSigma { get; init; }

    /// <summary>Whether a learned uncertainty balances the noise levels.</summary>
    public bool LearnedUncertainty { get; init; }

    /// <summary>Whether the network learns the classes of the data set.</summary>
    public bool Conditional { get; init; }

    /// <summary>Probability of training on an image without its label.</summary>
    public double LabelDropout { get; init; }

    /// <summary>Probability of each augmentation of the paper's set; 0: none, and no augmentation labels.</summary>
    public double AugmentP { get; init; }

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

    /// <summary>A snapshot or network pickle whose weights training starts from, the average too; null: random weights.</summary>
    public string? Transfer { get; init; }

    /// <summary>A word for the end of the folder's name.</summary>
    public string Description { get; init; } = "";

    /// <summary>How long, where and how chattily; its <see cref="RunSchedule.DataSource"/> is filled in later.</summary>
    public RunSchedule Schedule { get; init; } = new() { DataSource = "", Images = 200_000 };

    /// <summary>The loss's name: that of <see cref="Loss"/>, else the one that goes with the preconditioner.</summary>
    public string LossName => Loss ?? (Precond == "noise" ? "edm" : Precond);

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
                Model = ModelFor(data),
                Architecture = Architecture,
                BatchSize = BatchSize,
                MicroBatchSize = MicroBatchSize ?? BatchSize,
                XFlip = XFlip,
                Seed = Seed,
                TransferHash = Transfer == null ? null : FileBytes.Hash(LocalFile.Of(Transfer)),
                Description = Description,
            },
            Schedule = Schedule with { DataSource = data.Source, TransferSource = Transfer == null ? null : LocalFile.Of(Transfer) },
        };
        options.Validate();
        return options;
    }

    /// <summary>Network, preconditioner, loss and optimiser for a data set.</summary>
    /// <param name="data">The data set; it is read once where sigma_data is to be measured.</param>
    /// <exception cref="EdmException">An option is out of range or does not fit the images.</exception>
    public ModelOptions ModelFor(IImageDataset data)
    {
        if (Conditional && data.LabelDim == 0)
        {
            throw new EdmException($"--cond needs images with labels, and '{data.Source}' has none; leave it out "
                + "(--cond false where --preset implies it) or add a dataset.json");
        }

        return ModelFor(data.Height, data.Width, data.Channels, Conditional ? data.LabelDim : 0, SigmaData ?? Deviation(data));
    }

    /// <summary>Network, preconditioner, loss and optimiser for images of a size.</summary>
    /// <param name="height">Height of the images.</param>
    /// <param name="width">Width of the images.</param>
    /// <param name="imageChannels">1 or 3.</param>
    /// <param name="labelDim">Classes; 0 for an unconditional network.</param>
    /// <param name="sigmaData">Standard deviation of the data; null: as <see cref="SigmaData"/> says, else 0.5.</param>
    /// <exception cref="EdmException">An option is out of range or does not fit the images.</exception>
    public ModelOptions ModelFor(int height, int width, int imageChannels, int labelDim = 0, double? sigmaData = null)
    {
        double deviation = sigmaData ?? SigmaData ?? 0.5;
        Preconditioner preconditioner = PreconditionerFor(deviation);
        return new ModelOptions
        {
            Network = NetworkFor(height, width, imageChannels, labelDim, imageChannels * preconditioner.OutputsPerChannel),
            Preconditioner = preconditioner,
            Loss = LossFor(deviation),
            Augment = Augment,

            // As in the reference, the average of weights that are trained already is not ramped up.
            Optimizer = Transfer == null ? Optimizer : Optimizer with { EmaRampUpRatio = 1e9 },
        };
    }

    private AugmentOptions? Augment => AugmentP > 0 ? AugmentOptions.Edm(AugmentP) : null;

    private UNetOptions NetworkFor(int height, int width, int imageChannels, int labelDim, int outputs)
    {
        UNetOptions family = Architecture switch
        {
            "ddpmpp" => new SongUNetOptions { Height = height, Width = width, ImageChannels = imageChannels },
            "ncsnpp" => new SongUNetOptions
            {
                Height = height,
                Width = width,
                ImageChannels = imageChannels,
                EmbeddingType = EmbeddingType.Fourier,
                ChannelMultNoise = 2,
                EncoderType = EncoderType.Residual,
                ResampleFilter = [1, 3, 3, 1],
            },
            "adm" => new DhariwalUNetOptions { Height = height, Width = width, ImageChannels = imageChannels },
            _ => throw new EdmException($"--arch {Architecture} is not known; say one of {string.Join(", ", Architectures)}"),
        };
        return family with
        {
            OutputChannels = outputs,
            LabelDim = labelDim,
            AugmentDim = Augment?.LabelDim ?? 0,
            ModelChannels = Channels,
            ChannelMult = ChannelMult,
            BlocksPerLevel = BlocksPerLevel,
            AttentionResolutions = AttentionResolutions ?? [Math.Max(Math.Max(height, width) >> (ChannelMult.Count - 1), 1)],
            Dropout = Dropout,
            LabelDropout = LabelDropout,
        };
    }

    private Preconditioner PreconditionerFor(double sigmaData) => Precond switch
    {
        "edm" => new EdmPreconditioner { SigmaData = sigmaData },
        "vp" => new VpPreconditioner(),
        "ve" => new VePreconditioner(),
        "iddpm" => new IddpmPreconditioner(),
        "plain" => new PlainPreconditioner(),
        "noise" => new NoisePreconditioner { SigmaData = sigmaData },
        _ => throw new EdmException($"--precond {Precond} is not known; say one of {string.Join(", ", Preconditioners)}"),
    };

    private LossOptions LossFor(double sigmaData)
    {
        LossOptions loss = LossOptions.Named(LossName, sigmaData);
        return loss with
        {
            Levels = loss.Levels is LogNormalLevels ? new LogNormalLevels { PMean = PMean, PStd = PStd } : loss.Levels,
            Weight = Weight switch
            {
                null => loss.Weight,
                "edm" => new EdmWeight { SigmaData = sigmaData },
                "inverse-variance" => new InverseVarianceWeight(),
                "soft-min-snr" => new SoftMinSnrWeight { SigmaData = sigmaData },
                "none" => new UnitWeight(),
                _ => throw new EdmException($"--weight {Weight} is not known; say one of {string.Join(", ", Weights)}"),
            },
            StratifiedSigma = StratifiedSigma,
            LearnedUncertainty = LearnedUncertainty,
        };
    }

    private static double Deviation(IImageDataset data) =>
        DatasetStatistics.Measure(data).StandardDeviation is > 0 and var deviation ? deviation
            : throw new EdmException($"--sigma-data auto: all pixels of '{data.Source}' are equal, so they have no deviation; give a number");
}
