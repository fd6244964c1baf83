using System.Text.Json.Serialization;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Networks;

/// <summary>Everything that determines a network; files hold it as JSON, with the family as <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SongUNetOptions), "song_unet")]
[JsonDerivedType(typeof(DhariwalUNetOptions), "dhariwal_unet")]
public abstract record UNetOptions
{
    // Far beyond what any device trains; up to here no size of a layer overflows.
    private const int Widest = 1 << 14;
    private const int MostBlocks = 1 << 10;

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of an image, 1 or 3 for pictures.</summary>
    public required int ImageChannels { get; init; }

    /// <summary>Channels of the network's output; those of an image unless said otherwise, twice as many for iDDPM.</summary>
    public int OutputChannels { get => field == 0 ? ImageChannels : field; init; }

    /// <summary>Length of the class label, a one-hot or any other vector; 0 for an unconditional network.</summary>
    public int LabelDim { get; init; }

    /// <summary>Length of the augmentation label; 0 for none.</summary>
    public int AugmentDim { get; init; }

    /// <summary>Channels that the multipliers multiply.</summary>
    public int ModelChannels { get; init; } = 128;

    /// <summary>Multiplier of each level, the full resolution first; each level has half the resolution of the one before.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [2, 2, 2];

    /// <summary>Channels of the embedding, as a multiple of the model's.</summary>
    public int ChannelMultEmb { get; init; } = 4;

    /// <summary>Residual blocks of a level in the encoder; the decoder has one more.</summary>
    public int BlocksPerLevel { get; init; } = 4;

    /// <summary>Resolutions at which blocks have self-attention; of images that are not square, the larger side.</summary>
    public IReadOnlyList<int> AttentionResolutions { get; init; } = [16];

    /// <summary>Probability of dropout, 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Probability of training on an image without its class label, which classifier-free guidance needs; 0 to 1.
    /// </summary>
    public double LabelDropout { get; init; }

    /// <summary>Declares the network; no device is needed.</summary>
    /// <returns>The network.</returns>
    /// <exception cref="EdmException">Such a network cannot be built; names the option.</exception>
    public abstract UNet Create();

    /// <summary>Checks that such a network can be built.</summary>
    /// <exception cref="EdmException">Names the option that is wrong.</exception>
    public void Validate() => Create();

    /// <summary>Number of trained parameters; needs no device.</summary>
    /// <returns>The exact number.</returns>
    /// <exception cref="EdmException">Such a network cannot be built.</exception>
    public long CountParameters() => Create().Parameters.Count;

    /// <summary>Whether blocks of a level have self-attention.</summary>
    internal bool HasAttention(int level) => AttentionResolutions.Contains(Math.Max(Height, Width) >> level);

    /// <summary>What the blocks of a level are called after, such as <c>16x16</c>.</summary>
    internal string LevelName(int level) => $"{Height >> level}x{Width >> level}";

    /// <summary>Pixels of a level.</summary>
    internal int Pixels(int level) => (Height >> level) * (Width >> level);

    /// <summary>Checks each option by itself; layers check the widths that follow from them.</summary>
    internal virtual void ValidateRanges()
    {
        Require(Height > 0 && Width > 0, $"the image size {Width}x{Height} must be positive");
        Require(ImageChannels > 0, $"{ImageChannels} image channels are too few");
        Require(OutputChannels >= ImageChannels, $"{OutputChannels} output channels are fewer than the {ImageChannels} of an image");
        Require(LabelDim is >= 0 and <= Widest, $"{LabelDim} label dimensions are not between 0 and {Widest}");
        Require(AugmentDim is >= 0 and <= Widest, $"{AugmentDim} augment dimensions are not between 0 and {Widest}");
        Require(ModelChannels >= 2 && ModelChannels % 2 == 0, $"--channels {ModelChannels} must be even and at least 2");
        Require(ChannelMult != null && AttentionResolutions != null, "--mult and --attn are lists of numbers");
        Require(ChannelMult!.Count > 0 && ChannelMult.All(m => m > 0), "--mult needs at least one level, each a positive number");
        Require(ChannelMult.Count <= 16, $"--mult has {ChannelMult.Count} levels; 16 are the most");
        Require(
            (long)ModelChannels * ChannelMult.Max() <= Widest,
            $"--channels {ModelChannels} with --mult {string.Join(",", ChannelMult)} makes a layer of more than {Widest} channels");
        Require(
            ChannelMultEmb > 0 && (long)ModelChannels * ChannelMultEmb <= 4 * Widest,
            $"an embedding of {ChannelMultEmb} times {ModelChannels} channels is not between 1 and {4 * Widest}");
        Require(BlocksPerLevel is > 0 and <= MostBlocks, $"--blocks {BlocksPerLevel} must be from 1 to {MostBlocks}");
        Require(Dropout is >= 0 and < 1, $"--dropout {Dropout} must be at least 0 and below 1");
        Require(LabelDropout is >= 0 and <= 1, $"--label-dropout {LabelDropout} must be from 0 to 1");
        Require(LabelDropout == 0 || LabelDim > 0, "--label-dropout needs a network with class labels: add --cond");
        Require(AttentionResolutions!.All(r => r > 0), "--attn takes positive resolutions");
        var factor = 1 << (ChannelMult.Count - 1);
        Require(
            Height % factor == 0 && Width % factor == 0,
            $"{Width}x{Height} images cannot be halved {ChannelMult.Count - 1} times; "
            + $"use fewer levels in --mult, or images whose sides are multiples of {factor}");
        Require(
            (double)Height * Width * Math.Max(OutputChannels, ModelChannels * ChannelMult[0]) < MemoryPool.MaxLength,
            $"{Width}x{Height} images are too large: a layer of one image has 2^31 elements or more; use smaller images or --channels");
    }

    /// <summary>Throws where a condition does not hold.</summary>
    private protected static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new EdmException(message);
        }
    }
}
