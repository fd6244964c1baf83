using System.CommandLine;
using System.CommandLine.Parsing;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class CommonFlags
{
    public const int MostImagesAtOnce = 1_000_000;
    public const int MostBlocks = 1_000;
    public const int MostChannels = 1 << 14;
    public const int MostSteps = 10_000;

    private const string Where =
        "Where to compute: auto (CUDA, else an OpenCL GPU, else cpu), cuda, opencl, cpu, or with a number such as opencl:1.";

    /// <summary>The device of a verb that uses one.</summary>
    public static Option<string> Device()
    {
        Option<string> option = Options.Text("--device", "NAME", "auto", Where);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && token.Value.Contains(','))
            {
                result.AddError(Several(token.Value, $"'{(result.Parent as CommandResult)?.Command.Name}'"));
            }
        });
        return option;
    }

    /// <summary>The device of a verb that shares its work among several where it is told to.</summary>
    /// <param name="sharing">What is shared.</param>
    public static Option<string> Devices(string sharing) =>
        Options.Text("--device", "NAMES", "auto", $"{Where} Several, such as cuda:0,cuda:1, {sharing}.");

    /// <summary>The device where a verb that takes several has use for one only.</summary>
    /// <exception cref="EdmException">There are several.</exception>
    public static string OneDevice(string spec, string what) =>
        spec.Contains(',') ? throw new EdmException(Several(spec, what)) : spec;

    private static string Several(string spec, string what) =>
        $"--device '{spec}': {what} computes on one device; name one of them, such as --device {spec.Split(',')[0].Trim()}";

    public static Option<SeedList> Seeds(string value) => Options.ParsedList("--seeds", "LIST", SeedList.TryParse(value)!,
        "seeds such as 0-63,70", "Seeds: lists and ranges. A seed gives the same image in any batch.", SeedList.TryParse);

    public static Option<int> Batch() => Options.Integer("--batch", 64, 1, MostImagesAtOnce, "Images at once; it does not change them.");

    public static Option<ClassChoice?> Class(string description) => Options.OptionalValue(
        "--class", "N|all|random", ClassNumber.Rule, description + " [default: random, where the network knows classes]",
        ClassNumber.Choice);

    public static Option<string> RunsFolder() =>
        Options.Location("--out", "FOLDER", "runs", "Folder of all runs; each gets a numbered folder in it.");
}
