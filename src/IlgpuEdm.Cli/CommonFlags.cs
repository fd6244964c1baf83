using System.CommandLine;

namespace IlgpuEdm.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class CommonFlags
{
    public static Option<string> Device() => Options.Text("--device", "NAME", "auto",
        "Where to compute: auto (CUDA, else an OpenCL GPU, else cpu), cuda, opencl, cpu, or with a number such as opencl:1.");

    public static Option<string> RunsFolder() =>
        Options.Text("--out", "FOLDER", "runs", "Folder of all runs; each gets a numbered folder in it.");
}
