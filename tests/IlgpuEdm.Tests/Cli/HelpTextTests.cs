using System.Text;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>docs/cli.md</c> holds the help of every verb. With EDM_UPDATE_DOCS=1 this test writes it instead.</summary>
[TestClass]
public class HelpTextTests
{
    private static readonly string[] Verbs =
    [
        "demo", "train", "sample", "edit", "interpolate", "likelihood", "ema", "explain", "report", "watch", "classifier", "fid", "dataset",
        "bench", "info", "convert", "devices", "selftest",
    ];

    private static readonly Dictionary<string, string[]> Subverbs = new()
    {
        ["classifier"] = ["train", "evaluate"],
        ["fid"] = ["train-features", "ref", "calc"],
        ["dataset"] = ["convert", "get"],
    };

    // All that have a page of help, the words of each in order.
    private static readonly string[][] Pages =
    [
        [], .. Verbs.SelectMany(verb => Subverbs.GetValueOrDefault(verb, []).Select(sub => new[] { verb, sub }).Prepend([verb])),
    ];

    [TestMethod]
    public void The_page_is_what_help_prints()
    {
        string path = Path.Combine(Repository.Root, "docs", "cli.md");
        if (Environment.GetEnvironmentVariable("EDM_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Page());
        }

        Assert.AreEqual(Page(), File.ReadAllText(path),
            "docs/cli.md; to write it anew: EDM_UPDATE_DOCS=1 dotnet test --filter HelpTextTests");
    }

    [TestMethod]
    public void Every_verb_is_on_the_page()
    {
        string help = Cli.Run("--help").Output;
        string[] listed = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]).ToArray();
        CollectionAssert.AreEqual(Verbs, listed, help);
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("# The command line\n\nWhat `ilgpu-edm --help` and each verb's `--help` print. From a clone: ")
            .Append("`dotnet run -c Release --project src/IlgpuEdm.Cli -- VERB ...`.\n\n")
            .Append("Counts take k and M (`200k`, `1.5M`), times s, m and h (`5m`). Exit codes: 0, 1 for a failure, 2 for wrong usage; ")
            .Append("an error is one line on stderr.\nOn a pipe `train` and `demo` print one line a tick instead of live progress.\n");
        foreach (string[] command in Pages)
        {
            string[] lines = Cli.Run([.. command, "--help"]).Output.Split('\n').Select(line => line.TrimEnd()).ToArray();
            page.Append($"\n## {string.Join(' ', command.Prepend("ilgpu-edm"))}\n\n```text\n")
                .Append(string.Join('\n', lines).Trim()).Append("\n```\n");
        }

        page.Append("\n## Environment variables\n\n")
            .Append("- `ILGPU_EDM_SCHEDULE=fat` or `cooperative`: which kernels run where `--schedule` leaves the choice, for verbs ")
            .Append("without that option too.\n  The device `cpu` always runs the fat ones.\n")
            .Append("- `ILGPU_EDM_CONVOLUTION=direct` or `winograd`: how the fat schedule computes 3x3 convolutions.\n")
            .Append("- `ILGPU_EDM_GRAPH=off`, `on` or `software`: whether training steps are recorded and replayed; by default ")
            .Append("on CUDA alone.\n");
        return page.ToString();
    }
}
