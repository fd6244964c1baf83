using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>The options of <c>train --dry-run</c>, and what it prints.</summary>
internal sealed class DryRunFlags
{
    private readonly Option<bool> dryRun = Options.Flag("--dry-run",
        "Print the whole configuration, the network's parameters, operations and memory, and stop: no run is made, no device opened.");

    private readonly Option<bool> layers = Options.Flag("--layers", "With --dry-run: list the network's layers as well.");

    private readonly Option<int?> resolution = Size("--resolution", 1 << 14, "height and width of the images");

    private readonly Option<int?> channels = Size("--image-channels", 1 << 10, "channels of the images");

    private readonly Option<int?> classes = Size("--classes", 1 << 14, "classes of the images, for --cond");

    /// <summary>Adds the options to a verb, whose <c>--data</c> only a dry run can do without.</summary>
    public void AddTo(Command command, Option<string?> data)
    {
        foreach (Option option in new Option[] { dryRun, layers, resolution, channels, classes })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(data) is null && result.GetResult(dryRun) is null or { Implicit: true })
            {
                result.AddError("--data is required (but for --dry-run)");
            }
        });
    }

    /// <summary>Whether the user only asks.</summary>
    public bool IsDry(ParseResult parsed) => parsed.GetValue(dryRun);

    /// <summary>Refuses options that make no sense together.</summary>
    /// <exception cref="EdmException">Names them.</exception>
    public void Check(ParseResult parsed, Option<string?> data)
    {
        if (!IsDry(parsed) && parsed.Given(layers))
        {
            throw new EdmException("--layers goes with --dry-run: add it, or leave --layers out");
        }

        foreach (Option<int?> size in new[] { resolution, channels, classes })
        {
            if (parsed.Given(size) && (parsed.Given(data) || !IsDry(parsed)))
            {
                throw new EdmException($"{size.Name} is for --dry-run without --data: the images say their size themselves; leave it out");
            }
        }
    }

    /// <summary>Images of the size that was asked for, else of that which the preset was made for.</summary>
    public IImageDataset Images(ParseResult parsed, string preset)
    {
        PresetImages images = TrainingPresets.ImagesOf(preset);
        return new NoImages(
            parsed.GetValue(resolution) ?? images.Resolution, parsed.GetValue(channels) ?? images.Channels,
            parsed.GetValue(classes) ?? images.Classes);
    }

    /// <summary>Prints the configuration and what it costs.</summary>
    public void Print(Terminal terminal, ParseResult parsed, RunOptions options)
    {
        TrainingRunner.Print(terminal, options);
        var cost = new ComputeCost(options.Identity.Model) { Checkpointing = options.Schedule.Checkpointing };
        terminal.Line("");
        terminal.Rows(CostDescription.OfTraining(cost, options.Identity.BatchSize, options.ImagesAtOnce));
        if (parsed.GetValue(layers))
        {
            terminal.Table(["layer", "output", "  parameters", "       MFLOP"], CostDescription.Layers(cost));
        }
    }

    private static Option<int?> Size(string name, int most, string what) => Options.Optional<int>(
        name, "N", $"a whole number from 1 to {most}", $"For --dry-run without --data: {what}. [default: what the preset was made for]",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= 1 && n <= most ? n : null);
}
