using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>Of which class a conditional network is to take the images of a data set for.</summary>
public sealed record LabelChoice
{
    private readonly int? _class;
    private readonly bool _isData;

    private LabelChoice(bool isData, int? index) => (_isData, _class) = (isData, index);

    /// <summary>Each image's own class, as the data set has it.</summary>
    public static LabelChoice Data { get; } = new(true, null);

    /// <summary>No class; for networks trained with label dropout.</summary>
    public static LabelChoice None { get; } = new(false, null);

    /// <summary>One class for all images.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>The choice.</returns>
    public static LabelChoice Of(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new LabelChoice(false, index);
    }

    /// <summary>The class of each image.</summary>
    /// <param name="choice">The choice; null for <see cref="Data"/> on a conditional network and no class on another.</param>
    /// <param name="network">The network.</param>
    /// <param name="data">The images.</param>
    /// <returns>From the number of an image to its class, or null for none.</returns>
    /// <exception cref="EdmException">Network or data have no classes, or not this one.</exception>
    public static Func<long, int?> Classes(LabelChoice? choice, UNetOptions network, IImageDataset data)
    {
        int classes = network.LabelDim;
        if (classes == 0)
        {
            return choice is null || choice == None
                ? _ => null
                : throw new EdmException($"--class {choice}: this network knows no classes; leave --class out");
        }

        if (choice == None && network.LabelDropout == 0)
        {
            throw new EdmException("--class none: this network was trained without --label-dropout and needs a class; say which");
        }

        if (choice is { _isData: false })
        {
            return choice._class is not int one || one < classes
                ? _ => choice._class
                : throw new EdmException($"--class {one} is out of range: this network's classes are 0 to {classes - 1}");
        }

        return data.LabelDim > 0 && data.LabelDim <= classes
            ? i => data.Label(i)
            : throw new EdmException($"'{data.Source}' has {data.LabelDim} classes and this network {classes}; "
                + "give labelled images of the same classes, or a number for --class");
    }

    /// <inheritdoc/>
    public override string ToString() => _isData ? "data" : _class?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
