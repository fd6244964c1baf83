using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Packages;

/// <summary>The samples under <c>docs/samples</c>: they are run as a user runs them, and must say what they are there to show.</summary>
internal static partial class Samples
{
    public const string OnePixelWorld = "OnePixelWorld", FolderTraining = "FolderTraining", OwnKernel = "OwnKernel";

    public static IReadOnlyList<string> Names { get; } = [OnePixelWorld, FolderTraining, OwnKernel];

    /// <summary>Where the sources of a sample are.</summary>
    public static string Folder(string name) => Path.Combine(Repository.Root, "docs", "samples", name);

    /// <summary>Runs a built sample and asserts that it succeeds.</summary>
    /// <param name="name">The sample.</param>
    /// <param name="folder">Where its assembly is.</param>
    /// <param name="temporary">For what it writes.</param>
    /// <param name="device">Where it computes, if anywhere.</param>
    public static void Run(string name, string folder, TemporaryFolder temporary, string device = "cpu")
    {
        string shapes = Path.Combine(Repository.Root, "datasets", "samples", "shapes"), output = Path.Combine(temporary.Path, "drawn");
        CliResult result = Dotnet.Run(
        [
            Path.Combine(folder, $"{name}.dll"),
            .. name switch
            {
                OnePixelWorld => [],
                FolderTraining => [shapes, output, "--device", device],
                _ => new[] { "--device", device },
            },
        ]);
        Assert.AreEqual(0, result.Code, $"exit code of {name}\n{result.Output}\n{result.Error}");
        Assert.AreEqual("", result.Error, $"stderr of {name}");
        Assert.AreEqual("ok", result.Output.TrimEnd().Split('\n')[^1].TrimEnd(), $"last line of {name}\n{result.Output}");
        switch (name)
        {
            case OnePixelWorld:
                Assert.IsGreaterThanOrEqualTo(3, LongBar().Count(result.Output), $"bars of the higher peak\n{result.Output}");
                break;
            case FolderTraining:
                Assert.IsTrue(File.Exists(Path.Combine(output, "grid.png")), "the grid");
                Assert.IsTrue(File.Exists(Path.Combine(output, "snapshot.safetensors")), "the snapshot");
                break;
            default:
                Assert.HasCount(3, ProfileLine().Matches(result.Output), $"kernels in the profile, with GB/s\n{result.Output}");
                break;
        }
    }

    [GeneratedRegex("#{15,}")]
    private static partial Regex LongBar();

    [GeneratedRegex(@"^MishKernels\.(Forward|Backward|Copy) +5 +[\d.]+ +[\d.]+\r?$", RegexOptions.Multiline)]
    private static partial Regex ProfileLine();
}
