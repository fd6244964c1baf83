using System.Text.RegularExpressions;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// The 3x3 layers of the three networks whose speed is measured: height, width, input and output channels, each shape once.
/// </summary>
internal static partial class ReferenceLayers
{
    // Of more products than this an image, not every element is computed on the host too.
    private const double MostProducts = 3e6;

    private static readonly IReadOnlyList<SongUNetOptions> _networks =
    [
        Network(imageChannels: 1, channels: 16, [1, 2, 2], blocks: 1, attention: 8),
        Network(imageChannels: 1, channels: 32, [1, 2, 2], blocks: 2, attention: 16),
        Network(imageChannels: 3, channels: 128, [2, 2, 2], blocks: 4, attention: 16),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<object[]> All { get; } = [.. _networks.SelectMany(Shapes).Distinct().Select(AsRow)];

    /// <summary>Those that the host computes in no time.</summary>
    public static IEnumerable<object[]> Small => All.Where(row => Products(row) <= MostProducts);

    /// <summary>The others.</summary>
    public static IEnumerable<object[]> Large => All.Where(row => Products(row) > MostProducts);

    private static double Products(object[] row) => row.Aggregate(9.0, (product, size) => product * (int)size);

    private static object[] AsRow((int Height, int Width, int In, int Out) layer) => [layer.Height, layer.Width, layer.In, layer.Out];

    // Layers are called after the resolution at which they run, such as enc.32x32_block0.conv0.
    private static IEnumerable<(int Height, int Width, int In, int Out)> Shapes(SongUNetOptions options) =>
        from parameter in options.Create().Parameters.All
        where parameter.Shape is [3, 3, _, _]
        let level = Resolution().Match(parameter.Name)
        select (int.Parse(level.Groups[1].Value), int.Parse(level.Groups[2].Value), parameter.Shape[2], parameter.Shape[3]);

    private static SongUNetOptions Network(int imageChannels, int channels, int[] multipliers, int blocks, int attention) => new()
    {
        Height = 32,
        Width = 32,
        ImageChannels = imageChannels,
        ModelChannels = channels,
        ChannelMult = multipliers,
        BlocksPerLevel = blocks,
        AttentionResolutions = [attention],
    };

    [GeneratedRegex(@"\.(\d+)x(\d+)_")]
    private static partial Regex Resolution();
}
