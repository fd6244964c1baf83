using System.CommandLine;
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

    public static Option<SeedList> Seeds(string value) => Options.ParsedList("--seeds", "LIST", SeedList.TryParse(value)!,
        "seeds such as 0-63,70", "Seeds: lists and ranges. A seed gives the same image in any batch.", SeedList.TryParse);

    public static Option<int> Batch() => Options.Integer("--batch", 64, 1, MostImagesAtOnce, "Images at once; it does not change them.");

    public static Option<ClassChoice?> Class(string description) => Options.OptionalValue(
        "--class", "N|all|random", ClassNumber.Rule, description + " [default: random, where the network knows classes]",
        ClassNumber.Choice);

    public static Option<string> RunsFolder() =>
        Options.Location("--out", "FOLDER", "runs", "Folder of all runs; each gets a numbered folder in it.");
}
