using System.Globalization;
using System.Text.RegularExpressions;

namespace IlgpuEdm.Networks;

/// <summary>A convolution of a network.</summary>
/// <param name="Height">Rows of its images.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Kernel">1 or 3.</param>
public readonly record struct ConvolutionLayerShape(int Height, int Width, int In, int Out, int Kernel);

/// <summary>A norm of a network.</summary>
/// <param name="Height">Rows of its images.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">Channels.</param>
public readonly record struct NormLayerShape(int Height, int Width, int Channels);

/// <summary>Self-attention of a network.</summary>
/// <param name="Height">Rows of its images.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">Channels of the output.</param>
/// <param name="Heads">Heads.</param>
public readonly record struct AttentionLayerShape(int Height, int Width, int Channels, int Heads);

/// <summary>
/// The shapes of a network's heavy layers, each once, for measuring kernels. They are read from the names of the parameters, which say the
/// resolution at which a layer runs, such as <c>enc.32x32_block0.conv0.weight</c>.
/// </summary>
public sealed partial class LayerShapes
{
    /// <summary>Reads the shapes of a network.</summary>
    /// <param name="network">The network.</param>
    public LayerShapes(UNet network)
    {
        foreach (var parameter in network.Parameters.All)
        {
            if (Resolution().Match(parameter.Name) is not { Success: true } level)
            {
                continue;
            }

            var (height, width) = (Number(level.Groups["h"]), Number(level.Groups["w"]));
            if (parameter.Shape is [var kernel, _, var inputs, var outputs] && kernel is 1 or 3)
            {
                Add(Convolutions, new ConvolutionLayerShape(height, width, inputs, outputs, kernel));
                if (parameter.Name.Contains(".qkv.", StringComparison.Ordinal))
                {
                    var heads = network is DhariwalUNet ? inputs / DhariwalUNet.ChannelsPerHead : 1;
                    Add(Attentions, new AttentionLayerShape(height, width, inputs, heads));
                }
            }
            else if (parameter.Shape is [var channels] && Norm().IsMatch(parameter.Name))
            {
                Add(Norms, new NormLayerShape(height, width, channels));
            }
        }
    }

    /// <summary>The convolutions.</summary>
    public List<ConvolutionLayerShape> Convolutions { get; } = [];

    /// <summary>The norms.</summary>
    public List<NormLayerShape> Norms { get; } = [];

    /// <summary>The attentions.</summary>
    public List<AttentionLayerShape> Attentions { get; } = [];

    private static void Add<T>(List<T> list, T shape)
    {
        if (!list.Contains(shape))
        {
            list.Add(shape);
        }
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.(?<h>\d+)x(?<w>\d+)_")]
    private static partial Regex Resolution();

    [GeneratedRegex(@"norm\d?\.weight$")]
    private static partial Regex Norm();
}
