using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Interchange;

/// <summary>
/// A network of the reference as its snapshots hold it: <c>ema</c>, an object of one of the preconditioner classes that holds the U-Net as
/// its module <c>model</c>. What it is made of follows from the constructors' arguments; what they leave out has the reference's default.
/// </summary>
internal static class NetworkPickle
{
    // The preconditioner holds a table of them.
    private const int MostLevels = 1_000_000;

    private static readonly string[] SongPlaces =
    [
        "img_resolution", "in_channels", "out_channels", "label_dim", "augment_dim", "model_channels", "channel_mult", "channel_mult_emb",
        "num_blocks", "attn_resolutions", "dropout", "label_dropout", "embedding_type", "channel_mult_noise", "encoder_type",
        "decoder_type", "resample_filter",
    ];

    private static readonly string[] DhariwalPlaces = SongPlaces[..12];
    private static readonly string[] CommonPlaces = ["img_resolution", "img_channels", "label_dim", "use_fp16"];

    /// <summary>
    /// Finds the network in a pickle: the averaged one of a snapshot, the trained one of a training state, or the value itself.
    /// </summary>
    /// <returns>The object; null where there is no persistent object.</returns>
    public static PickleValue? Find(PickleValue root)
    {
        PickleValue?[] candidates = root is PickleDictionary names ? [names.Find("ema"), names.Find("net")] : [root];
        foreach (var candidate in candidates)
        {
            if (PersistentObject.From(candidate) != null)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>What the network is made of.</summary>
    /// <param name="network">What <see cref="Find"/> found.</param>
    /// <exception cref="FormatException">It is of another class, or its arguments cannot be read.</exception>
    /// <exception cref="EdmException">Such a network cannot be built.</exception>
    public static (UNetOptions Network, Preconditioner Preconditioner) Describe(PickleValue network)
    {
        var outer = PersistentObject.From(network)!;
        var formula = Formula(outer);
        if (outer.Module("model") is not { } held || PersistentObject.From(held) is not { } model)
        {
            throw new FormatException($"the {PickleLimits.Shown(outer.ClassName)} in it holds no network");
        }

        UNetOptions options = model.ClassName switch
        {
            "SongUNet" => Song(new ConstructorArguments(model, SongPlaces)),
            "DhariwalUNet" => Dhariwal(new ConstructorArguments(model, DhariwalPlaces)),
            var other => throw new FormatException(
                $"the network in it is of the class '{PickleLimits.Shown(other)}'; SongUNet and DhariwalUNet are read"),
        };
        formula.Validate();
        options.Validate();
        if (options.OutputChannels != options.ImageChannels * formula.OutputsPerChannel)
        {
            throw new FormatException(
                $"its network has {options.OutputChannels} outputs, which do not fit {options.ImageChannels} channels "
                + $"under {formula.Name}");
        }

        return (options, formula);
    }

    private static Preconditioner Formula(PersistentObject outer)
    {
        switch (outer.ClassName)
        {
            case "EDMPrecond":
                var edm = Arguments("sigma_min", "sigma_max", "sigma_data");
                const double Unlimited = double.PositiveInfinity;
                if (edm.Double("sigma_min", 0) != 0 || edm.Double("sigma_max", Unlimited) != Unlimited)
                {
                    throw new FormatException("its EDMPrecond limits the noise levels (sigma_min, sigma_max), which is not supported");
                }

                return new EdmPreconditioner { SigmaData = edm.Double("sigma_data", 0.5) };
            case "VPPrecond":
                var vp = Arguments("beta_d", "beta_min", "M", "epsilon_t");
                return new VpPreconditioner
                {
                    Schedule = new VpSchedule { BetaD = vp.Double("beta_d", 19.9), BetaMin = vp.Double("beta_min", 0.1) },
                    M = vp.Double("M", 1000),
                    EpsilonT = vp.Double("epsilon_t", 1e-5),
                };
            case "VEPrecond":
                var ve = Arguments("sigma_min", "sigma_max");
                return new VePreconditioner { LowestSigma = ve.Double("sigma_min", 0.02), HighestSigma = ve.Double("sigma_max", 100) };
            case "iDDPMPrecond":
                var iddpm = Arguments("C_1", "C_2", "M");
                if (iddpm.Int("M", 1000) > MostLevels)
                {
                    throw new FormatException($"its iDDPMPrecond has {iddpm.Int("M", 1000)} noise levels; {MostLevels} are the most");
                }

                return new IddpmPreconditioner
                {
                    C1 = iddpm.Double("C_1", 0.001),
                    C2 = iddpm.Double("C_2", 0.008),
                    M = iddpm.Int("M", 1000),
                };
            default:
                throw new FormatException(
                    $"the object in it is of the class '{PickleLimits.Shown(outer.ClassName)}'; EDMPrecond, VPPrecond, VEPrecond and "
                    + "iDDPMPrecond are read");
        }

        ConstructorArguments Arguments(params string[] own) => new(outer, [.. CommonPlaces, .. own, "model_type"]);
    }

    private static SongUNetOptions Song(ConstructorArguments given) => (SongUNetOptions)Common(
        given,
        new SongUNetOptions
        {
            Height = given.Int("img_resolution"),
            Width = given.Int("img_resolution"),
            ImageChannels = given.Int("in_channels"),
            EmbeddingType = given.Text("embedding_type", "positional") switch
            {
                "positional" => EmbeddingType.Positional,
                "fourier" => EmbeddingType.Fourier,
                var other => throw Unknown("embedding_type", other),
            },
            EncoderType = given.Text("encoder_type", "standard") switch
            {
                "standard" => EncoderType.Standard,
                "skip" => EncoderType.Skip,
                "residual" => EncoderType.Residual,
                var other => throw Unknown("encoder_type", other),
            },
            DecoderType = given.Text("decoder_type", "standard") switch
            {
                "standard" => DecoderType.Standard,
                "skip" => DecoderType.Skip,
                var other => throw Unknown("decoder_type", other),
            },
            ChannelMultNoise = given.Int("channel_mult_noise", 1),
            ResampleFilter = given.Ints("resample_filter", 1, 1),
        },
        SongPlaces, modelChannels: 128, blocks: 4, [1, 2, 2, 2], [16]);

    private static DhariwalUNetOptions Dhariwal(ConstructorArguments given) => (DhariwalUNetOptions)Common(
        given,
        new DhariwalUNetOptions
        {
            Height = given.Int("img_resolution"),
            Width = given.Int("img_resolution"),
            ImageChannels = given.Int("in_channels"),
        },
        DhariwalPlaces, modelChannels: 192, blocks: 3, [1, 2, 3, 4], [32, 16, 8]);

    private static UNetOptions Common(
        ConstructorArguments given, UNetOptions family, string[] places, int modelChannels, int blocks, int[] mult, int[] attention)
    {
        if (given.Names.FirstOrDefault(name => !places.Contains(name)) is { } unknown)
        {
            throw new FormatException($"its network was made with '{PickleLimits.Shown(unknown)}', which is not known here");
        }

        var labels = given.Int("label_dim", 0);
        return family with
        {
            OutputChannels = given.Int("out_channels"),
            LabelDim = labels,
            AugmentDim = given.Int("augment_dim", 0),
            ModelChannels = given.Int("model_channels", modelChannels),
            ChannelMult = given.Ints("channel_mult", mult),
            ChannelMultEmb = given.Int("channel_mult_emb", 4),
            BlocksPerLevel = given.Int("num_blocks", blocks),
            AttentionResolutions = given.Ints("attn_resolutions", attention),
            Dropout = given.Double("dropout", 0.10),
            LabelDropout = labels > 0 ? given.Double("label_dropout", 0) : 0,
        };
    }

    private static FormatException Unknown(string name, string value) =>
        new($"{name} of its network is '{PickleLimits.Shown(value)}', which is not known here");
}
