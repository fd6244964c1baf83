using System.Globalization;

namespace IlgpuEdm.Metrics;

/// <summary>What an image classifier is made of: the images that it takes, its classes, the sizes of its network.</summary>
public sealed record ClassifierOptions
{
    private const int MostPixels = 1 << 14;
    private const int MostClasses = 1_000_000;
    private const int MostChannels = 512;
    private const int MostFeatures = 4096;
    private const int MostBlocks = 16;
    private const int MostHalvings = 8;

    /// <summary>Height of an image in pixels, at least 1.</summary>
    public required int Height { get; init; }

    /// <summary>Width of an image in pixels, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of an image: 1 for grey, 3 for RGB.</summary>
    public required int ImageChannels { get; init; }

    /// <summary>Number of classes, at least 2.</summary>
    public required int Classes { get; init; }

    /// <summary>
    /// Channels at full and at half resolution, a multiple of 4 from 4 to 512; each further halving doubles them.
    /// </summary>
    public int Channels { get; init; } = 32;

    /// <summary>How often the resolution is halved, 1 to 8; images are padded to a multiple of 2 to this power.</summary>
    public int Halvings { get; init; } = 3;

    /// <summary>Residual blocks of each level below the first, 1 to 16.</summary>
    public int BlocksPerLevel { get; init; } = 1;

    /// <summary>Number of features that the classes are told from, 1 to 4096.</summary>
    public int Features { get; init; } = 128;

    /// <summary>Height of what the network sees: the image's, padded.</summary>
    internal int PaddedHeight => Padded(Height);

    /// <summary>Width of what the network sees: the image's, padded.</summary>
    internal int PaddedWidth => Padded(Width);

    /// <summary>Options for images of a size, with as many halvings, but 2 at least, as leave about 4 pixels of the shorter side.</summary>
    /// <param name="height">Height in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="channels">Channels: 1 or 3.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>The options, not yet validated.</returns>
    public static ClassifierOptions For(int height, int width, int channels, int classes)
    {
        var halvings = 2;
        while (halvings < MostHalvings && Math.Min(height, width) >> halvings >= 6)
        {
            halvings++;
        }

        return new ClassifierOptions
        {
            Height = height,
            Width = width,
            ImageChannels = channels,
            Classes = classes,
            Halvings = halvings,
        };
    }

    /// <summary>Checks that there is such a classifier.</summary>
    /// <exception cref="EdmException">Names the option that is wrong.</exception>
    public void Validate()
    {
        InRange("height", Height, 1, MostPixels);
        InRange("width", Width, 1, MostPixels);
        InRange("image_channels", ImageChannels, 1, 3);
        Require("image_channels", ImageChannels, ImageChannels != 2, "be 1 or 3");
        InRange("classes", Classes, 2, MostClasses);
        InRange("channels", Channels, 4, MostChannels);
        InRange("halvings", Halvings, 1, MostHalvings);
        InRange("blocks_per_level", BlocksPerLevel, 1, MostBlocks);
        InRange("features", Features, 1, MostFeatures);
        Require("channels", Channels, Channels % ClassifierNetwork.Groups == 0, "be a multiple of 4");
    }

    /// <summary>Channels of a level; level 0 is that of whole images.</summary>
    internal int ChannelsOf(int level) => Channels << Math.Max(level - 1, 0);

    private int Padded(int size) => (size + (1 << Halvings) - 1) >> Halvings << Halvings;

    private static void InRange(string option, int value, int least, int most) =>
        Require(option, value, value >= least && value <= most, string.Create(
            CultureInfo.InvariantCulture, $"be from {least} to {most}"));

    private static void Require(string option, int value, bool holds, string rule)
    {
        if (!holds)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture, $"{option} of the classifier is {value}; it must {rule}"));
        }
    }
}
