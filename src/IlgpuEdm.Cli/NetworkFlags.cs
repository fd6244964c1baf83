using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>The options that <c>train</c> and <c>bench</c> share: network, batch, loss and optimiser.</summary>
internal sealed class NetworkFlags
{
    private readonly Option<string> preset = Preset();

    private readonly Option<string> architecture = Options.Choice("--arch", [.. TrainingRequest.Architectures], Compact.Architecture,
        "Family of the network: DDPM++ or NCSN++ (Song et al.) or ADM (Dhariwal and Nichol).");

    private readonly Option<string> precond = Options.Choice("--precond", [.. TrainingRequest.Preconditioners], Compact.Precond,
        "Preconditioner: EDM's, VP, VE or iDDPM; for teaching also 'plain' (none) and 'noise' (noise prediction).");

    private readonly Option<string?> loss = Options.OptionalChoice("--loss", LossOptions.Names,
        "Noise levels and weights of the loss; 'plain' is uniform and unweighted. [default: those of --precond]");

    private readonly Option<string?> weight = Options.OptionalChoice("--weight", TrainingRequest.Weights,
        "Weight of the squared error by noise level. [default: that of --loss]");

    private readonly Option<bool> uncertainty = Options.Flag("--uncertainty", "Balance the noise levels by a learned uncertainty (EDM2).");

    private readonly Option<bool> stratified = Options.Flag("--stratified", "Spread the noise levels of each batch evenly.");

    private readonly Option<bool> conditional = Options.Flag("--cond",
        "Learn the classes of the images; they need labels. 'adm' implies it; --cond false does not learn them.");

    private readonly Option<double> labelDropout = Options.Number("--label-dropout", Compact.LabelDropout, "a number from 0 to 1",
        x => x is >= 0 and <= 1, "With --cond: probability of hiding the class, which 'sample --guidance' needs; 0.1 is usual.");

    private readonly Option<double> augment = Options.Number("--augment", Compact.AugmentP, "a number from 0 to 1", x => x is >= 0 and <= 1,
        "Probability of each of the paper's augmentations, which the network is told of so that they do not leak; 0: none.");

    private readonly Option<int> channels = Options.Integer("--channels", Compact.Channels, 1, CommonFlags.MostChannels,
        "Channels of the first level.");

    private readonly Option<IntegerList> mult = Options.ParsedList("--mult", "LIST", new IntegerList(Compact.ChannelMult, "1,2,2"),
        "whole numbers such as 1,2,2", "Channel multipliers, one a level.", IntegerList.TryParse);

    private readonly Option<int> blocks = Options.Integer("--blocks", Compact.BlocksPerLevel, 1, CommonFlags.MostBlocks,
        "Residual blocks per level.");

    private readonly Option<IntegerList> attention = Options.ParsedList("--attn", "LIST", new IntegerList(null, "auto"),
        "resolutions such as 16,8, or auto or none",
        "Resolutions with self-attention; 'auto' is the lowest level.", IntegerList.TryParseAttention);

    private readonly Option<double> dropout = Options.Number("--dropout", Compact.Dropout, "a number from 0 to below 1",
        x => x is >= 0 and < 1, "Dropout probability.");

    private readonly Option<int> batch = Options.Integer("--batch", Compact.BatchSize, 1, CommonFlags.MostImagesAtOnce,
        "Images per optimiser step.");

    private readonly Option<int?> microBatch = Options.Optional<int>("--micro-batch", "N", "a whole number, at least 1",
        "Images that go through the network at once; fewer need less memory. [default: the batch, or a device's share of it]",
        text => ImageCount.TryParse(text) is { Images: >= 1 and <= int.MaxValue } n ? (int)n.Images : null);

    private readonly Option<bool> checkpointing = Options.Flag("--checkpointing",
        "Keep of each block its output alone and run it again in the backward pass: less memory, more time, the same numbers.");

    private readonly Option<double> learningRate = Options.Positive("--lr", Compact.Optimizer.LearningRate, "Learning rate.");

    private readonly Option<ImageCount> ramp = Options.Count("--lr-ramp", Compact.Optimizer.RampUpImages, 0,
        "Images over which the learning rate rises from 0.");

    private readonly Option<ImageCount> halfLife = Options.Count("--ema-halflife", (long)Compact.Optimizer.EmaHalfLifeImages, 0,
        "Half-life of the averaged weights, in images.");

    private readonly Option<NumberList> profiles = Options.ParsedList("--ema-profiles", "LIST", NumberList.None,
        DeviationRule, "Also keep averaged weights of these lengths, as standard deviations relative to the training's, "
        + "and store them with each snapshot; 0.05,0.1 lets 'ema' make any length of them.", TryParseDeviations);

    private readonly Option<NumberOrAuto> sigmaData = Options.Parsed("--sigma-data", "X|auto", new NumberOrAuto(Compact.SigmaData),
        "a number above 0, or auto", "Standard deviation of the data on [-1, 1]; 'auto' measures it.",
        text => NumberOrAuto.TryParse(text) is { Number: null or > 0 } number ? number : null);

    private readonly Option<double> pMean = Options.Number("--p-mean", Compact.PMean, "a number", _ => true,
        "Mean of ln(sigma) in training.");

    private readonly Option<double> pStd = Options.Number("--p-std", Compact.PStd, "a number, at least 0", x => x >= 0,
        "Standard deviation of ln(sigma) in training.");

    private readonly Option<ulong> seed = Options.Seed("--seed", "Seed of initialisation, data order, noise and dropout.");

    /// <summary>What lists of averages' lengths must be.</summary>
    public const string DeviationRule = "different numbers from 0.001 to 0.288 such as 0.05,0.1";

    private static TrainingRequest Compact { get; } = new();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            preset, architecture, channels, mult, blocks, attention, dropout,
            precond, sigmaData, loss, pMean, pStd, weight, uncertainty, stratified,
            conditional, labelDropout, augment,
            batch, microBatch, checkpointing, learningRate, ramp, halfLife, profiles, seed,
        })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The preset's name.</summary>
    public string PresetName(ParseResult parsed) => parsed.GetValue(preset)!;

    /// <summary>The preset's name, if one was given.</summary>
    public string? Named(ParseResult parsed) => parsed.Given(preset) ? PresetName(parsed) : null;

    /// <summary>The batch size that was given, or the compact network's.</summary>
    public int BatchOf(ParseResult parsed) => parsed.GetValue(batch);

    /// <summary>What was asked for: the preset, and over it what was given.</summary>
    public TrainingRequest Request(ParseResult parsed)
    {
        TrainingRequest named = TrainingPresets.Named(PresetName(parsed));
        TrainingRequest request = named with
        {
            Architecture = parsed.Or(architecture, named.Architecture),
            Precond = parsed.Or(precond, named.Precond),
            Loss = parsed.GetValue(loss) ?? named.Loss,
            Weight = parsed.GetValue(weight) ?? named.Weight,
            LearnedUncertainty = parsed.GetValue(uncertainty),
            StratifiedSigma = parsed.GetValue(stratified),
            Conditional = parsed.Or(conditional, named.Conditional),
            LabelDropout = parsed.Or(labelDropout, named.LabelDropout),
            AugmentP = parsed.Or(augment, named.AugmentP),
            Channels = parsed.Or(channels, named.Channels),
            ChannelMult = parsed.Given(mult) ? parsed.GetValue(mult)!.Numbers! : named.ChannelMult,
            BlocksPerLevel = parsed.Or(blocks, named.BlocksPerLevel),
            AttentionResolutions = parsed.Given(attention) ? parsed.GetValue(attention)!.Numbers : named.AttentionResolutions,
            Dropout = parsed.Or(dropout, named.Dropout),
            BatchSize = parsed.Or(batch, named.BatchSize),
            MicroBatchSize = parsed.GetValue(microBatch),
            Optimizer = named.Optimizer with
            {
                LearningRate = parsed.Or(learningRate, named.Optimizer.LearningRate),
                RampUpImages = parsed.Or(ramp, new ImageCount(named.Optimizer.RampUpImages)).Images,
                EmaHalfLifeImages = parsed.Given(halfLife) ? parsed.GetValue(halfLife).Images : named.Optimizer.EmaHalfLifeImages,
                EmaProfiles = parsed.GetValue(profiles)!.Numbers,
            },
            SigmaData = parsed.Or(sigmaData, new NumberOrAuto(named.SigmaData)).Number,
            PMean = parsed.Or(pMean, named.PMean),
            PStd = parsed.Or(pStd, named.PStd),
            Seed = parsed.GetValue(seed),
            Schedule = named.Schedule with { Checkpointing = parsed.GetValue(checkpointing) },
        };
        Option[] mayConflict = [pMean, pStd, sigmaData];
        OptionConflicts.Check(request, name => mayConflict.Any(option => option.Name == name && parsed.Given(option)));
        return request;
    }

    /// <summary>Reads lengths of power-function averages.</summary>
    public static NumberList? TryParseDeviations(string text) =>
        NumberList.TryParse(text) is { } list && list.Numbers.All(PowerEma.IsInRange)
        && list.Numbers.Distinct().Count() == list.Numbers.Count
            ? list : null;

    // So many names would make the help's first column as wide as the page.
    private static Option<string> Preset()
    {
        Option<string> option = Options.Choice("--preset", [.. TrainingPresets.Names], "compact",
            "Network and optimiser by name: 'compact', 'compact-ncsnpp' and 'compact-adm' for small images; 'ddpmpp' and 'ncsnpp' as "
            + "published for CIFAR-10, with '-64' for faces at 64 px; 'adm' as published for ImageNet at 64 px. "
            + "The defaults below are those of 'compact'; options that are given take precedence.");
        option.HelpName = "NAME";
        return option;
    }
}
