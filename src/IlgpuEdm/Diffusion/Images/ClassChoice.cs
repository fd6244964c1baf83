using System.Globalization;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>Which classes images of a conditional network are drawn of.</summary>
public sealed record ClassChoice
{
    private readonly int? _class;

    private ClassChoice(int? index) => _class = index;

    /// <summary>A class drawn for each seed, as the reference does where none is asked for.</summary>
    public static ClassChoice Random { get; } = new((int?)null);

    /// <summary>Every seed in every class.</summary>
    public static ClassChoice All { get; } = new(-1);

    /// <summary>One class for all images.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>The choice.</returns>
    public static ClassChoice Of(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new ClassChoice(index);
    }

    /// <summary>The images to draw: for each seed in turn one image, or one of each class.</summary>
    /// <param name="choice">The choice; null for <see cref="Random"/> on a conditional network and no class on another.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="network">The network that is to draw them.</param>
    /// <returns>The images.</returns>
    /// <exception cref="EdmException">The network has no classes, or not this one.</exception>
    public static IReadOnlyList<ImageSeed> Images(ClassChoice? choice, IReadOnlyList<ulong> seeds, UNetOptions network)
    {
        int classes = network.LabelDim;
        if (classes == 0)
        {
            return choice is null
                ? [.. seeds.Select(seed => new ImageSeed(seed))]
                : throw new EdmException(
                    $"--class {choice}: this network knows no classes; leave --class out, or use one trained with --cond");
        }

        if (choice?._class >= classes)
        {
            throw new EdmException($"--class {choice} is out of range: this network's classes are 0 to {classes - 1}");
        }

        return choice?._class switch
        {
            null => [.. seeds.Select(seed => new ImageSeed(seed, Draw(seed, classes)))],
            -1 => [.. seeds.SelectMany(seed => Enumerable.Range(0, classes).Select(c => new ImageSeed(seed, c)))],
            int one => [.. seeds.Select(seed => new ImageSeed(seed, one))],
        };
    }

    /// <inheritdoc/>
    public override string ToString() => _class switch
    {
        null => "random",
        -1 => "all",
        int one => one.ToString(CultureInfo.InvariantCulture),
    };

    private static int Draw(ulong seed, int classes) => (int)(HostRandom.Uniform(seed, RandomPurpose.Labels, 0, 0) * classes);
}
