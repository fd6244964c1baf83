using IlgpuEdm.Devices;

namespace IlgpuEdm.Networks;

/// <summary>Everything that determines a <see cref="SongUNet"/>; files hold it as JSON.</summary>
public sealed record SongUNetOptions
{
    // Far beyond what any device trains; up to here no size of a layer overflows.
    private const int Widest = 1 << 14;

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of an image, 1 or 3 for pictures.</summary>
    public required int ImageChannels { get; init; }

    /// <summary>Length of the class label, a one-hot vector; 0 for an unconditional network.</summary>
    public int LabelDim { get; init; }

    /// <summary>Length of the augmentation label; 0 for none.</summary>
    public int AugmentDim { get; init; }

    /// <summary>Channels that the multipliers multiply.</summary>
    public int ModelChannels { get; init; } = 128;

    /// <summary>Multiplier of each level, the full resolution first; each level has half the resolution of the one before.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [2, 2, 2];

    /// <summary>Residual blocks of a level in the encoder; the decoder has one more.</summary>
    public int BlocksPerLevel { get; init; } = 4;

    /// <summary>Resolutions at which blocks have self-attention; of images that are not square, the larger side.</summary>
    public IReadOnlyList<int> AttentionResolutions { get; init; } = [16];

    /// <summary>Probability of dropout, 0 to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Checks that such a network can be built.</summary>
    /// <exception cref="EdmException">Names the option that is wrong.</exception>
    public void Validate()
    {
        Require(Height > 0 && Width > 0, $"the image size {Width}x{Height} must be positive");
        Require(ImageChannels > 0, $"{ImageChannels} image channels are too few");
        Require(LabelDim is >= 0 and <= Widest, $"{LabelDim} label dimensions are not between 0 and {Widest}");
        Require(AugmentDim is >= 0 and <= Widest, $"{AugmentDim} augment dimensions are not between 0 and {Widest}");
        Require(ModelChannels >= 2 && ModelChannels % 2 == 0, $"--channels {ModelChannels} must be even and at least 2");
        Require(ChannelMult != null && AttentionResolutions != null, "--mult and --attn are lists of numbers");
        Require(ChannelMult!.Count > 0 && ChannelMult.All(m => m > 0), "--mult needs at least one level, each a positive number");
        Require(ChannelMult.Count <= 16, $"--mult has {ChannelMult.Count} levels; 16 are the most");
        Require(
            (long)ModelChannels * ChannelMult.Max() <= Widest,
            $"--channels {ModelChannels} with --mult {string.Join(",", ChannelMult)} makes a layer of more than {Widest} channels");
        Require(BlocksPerLevel > 0, $"--blocks {BlocksPerLevel} must be at least 1");
        Require(Dropout is >= 0 and < 1, $"--dropout {Dropout} must be at least 0 and below 1");
        Require(AttentionResolutions!.All(r => r > 0), "--attn takes positive resolutions");
        var factor = 1 << (ChannelMult.Count - 1);
        Require(
            Height % factor == 0 && Width % factor == 0,
            $"{Width}x{Height} images cannot be halved {ChannelMult.Count - 1} times; "
            + $"use fewer levels in --mult, or images whose sides are multiples of {factor}");

        Require(
            (double)Height * Width * Math.Max(ImageChannels, ModelChannels * ChannelMult[0]) < MemoryPool.MaxLength,
            $"{Width}x{Height} images are too large: a layer of one image has 2^31 elements or more; use smaller images or --channels");

        // Every width that meets a group norm: each level's own and its sums in the decoder.
        foreach (var channels in NormWidths())
        {
            var groups = GroupNormLayer.GroupsOf(channels);
            Require(
                groups > 0 && channels % groups == 0,
                $"--channels {ModelChannels} with --mult {string.Join(",", ChannelMult)} makes a layer of {channels} channels, "
                + (groups == 0 ? "fewer than the 4 of a norm group" : $"which {groups} norm groups do not divide")
                + "; multiples of 4 up to 128, or of 32, do");
        }
    }

    /// <summary>Number of parameters; needs no device.</summary>
    /// <returns>The exact number.</returns>
    /// <exception cref="EdmException">Such a network cannot be built.</exception>
    public long CountParameters() => new SongUNet(this).Parameters.Count;

    private HashSet<int> NormWidths()
    {
        var widths = new HashSet<int> { ModelChannels };
        var skips = new Stack<int>();
        skips.Push(ModelChannels);
        var current = ModelChannels;
        for (var level = 0; level < ChannelMult.Count; level++)
        {
            if (level > 0)
            {
                skips.Push(current);
            }

            for (var i = 0; i < BlocksPerLevel; i++)
            {
                widths.Add(current);
                current = ModelChannels * ChannelMult[level];
                widths.Add(current);
                skips.Push(current);
            }
        }

        for (var level = ChannelMult.Count - 1; level >= 0; level--)
        {
            for (var i = 0; i <= BlocksPerLevel; i++)
            {
                widths.Add(current + skips.Pop());
                current = ModelChannels * ChannelMult[level];
                widths.Add(current);
            }
        }

        return widths;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new EdmException(message);
        }
    }
}
