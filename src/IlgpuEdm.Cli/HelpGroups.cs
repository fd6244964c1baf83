using System.Globalization;
using System.Text;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>Cuts the long help of a verb into groups of options and tells the presets.</summary>
internal static class HelpGroups
{
    // A group begins with an option, so that whatever is put beside it belongs to it too.
    private static readonly (string First, string Title)[] _network =
    [
        ("--preset", "Network"),
        ("--precond", "Preconditioner and loss"),
        ("--cond", "Classes and augmentation"),
        ("--batch", "Batch and optimiser"),
    ];

    private static readonly Dictionary<string, (string First, string Title)[]> _groups = new()
    {
        ["train"] =
        [
            .. _network, ("--images", "Run"), ("--tick", "What is written"), ("--fid-every", "Scores"), ("--dry-run", "Without training"),
            ("-?, -h, --help", "Help"),
        ],
        ["bench"] = [.. _network, ("--steps", "Measurement"), ("-?, -h, --help", "Help")],
    };

    /// <summary>The help of a verb, in groups where it is long.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="help">Its help as it is printed.</param>
    public static string Arrange(string verb, string help)
    {
        if (!_groups.TryGetValue(verb, out (string First, string Title)[]? groups))
        {
            return help;
        }

        var text = new StringBuilder();
        foreach (string line in help.TrimEnd().Split('\n').Select(line => line.TrimEnd()))
        {
            if (Array.Find(groups, group => line.StartsWith($"  {group.First} ", StringComparison.Ordinal)).Title is { } title)
            {
                text.Append('\n').Append(title).Append(":\n");
            }

            text.Append(line).Append('\n');
        }

        text.Append("\nPresets (docs/presets.md has all their settings, sizes and costs):\n");
        foreach (string name in TrainingPresets.Names)
        {
            text.Append("  ").Append(name.PadRight(16)).Append(Summary(name)).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static string Summary(string name)
    {
        TrainingRequest preset = TrainingPresets.Named(name);
        PresetImages images = TrainingPresets.ImagesOf(name);
        return string.Create(CultureInfo.InvariantCulture,
            $"--arch {preset.Architecture} --channels {preset.Channels} --mult {string.Join(',', preset.ChannelMult)} ")
            + string.Create(CultureInfo.InvariantCulture,
                $"--blocks {preset.BlocksPerLevel} --batch {preset.BatchSize} --lr {preset.Optimizer.LearningRate}, ")
            + string.Create(CultureInfo.InvariantCulture, $"for {images.Name}, {images.Resolution} px");
    }
}
