using System.CommandLine;

namespace IlgpuEdm.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class CommonFlags
{
    public const int MostImagesAtOnce = 1_000_000;
    public const int MostBlocks = 1_000;
    public const int MostChannels = 1 << 14;
    public const int MostSteps = 10_000;

    public static Option<string> Device() => Options.Text("--device", "NAME", "auto",
        "Where to compute: auto (CUDA, else an OpenCL GPU, else cpu), cuda, opencl, cpu, or with a number such as opencl:1.");

    public static Option<string> RunsFolder() =>
        Options.Location("--out", "FOLDER", "runs", "Folder of all runs; each gets a numbered folder in it.");
}
