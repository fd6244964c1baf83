using System.CommandLine;
using IlgpuEdm.Data;
using IlgpuEdm.Figures;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>explain</c>: draws the ideas of the paper, on the user's data and network where there are any.</summary>
internal static class ExplainVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> folder = Options.Location("--out", "FOLDER", "explain",
            $"Where the figures go, as PNG, SVG and, where they move, WebP; and {Explanation.PageName}, a page with all of them in it.");
        Option<string?> data = Options.OptionalLocation("--data", "PATH",
            "Images, as 'train' takes them. Without it: those of --run, else Fashion-MNIST, found or downloaded.");
        Option<string?> network = Options.OptionalLocation("--network", "FILE",
            "A snapshot of a network for such images. Without it: the newest of --run, else the ideal denoiser of the data set.");
        Option<string?> run = Options.OptionalLocation("--run", "FOLDER",
            "The folder of a training run. Without it a run of 2,000 images is made, in the folder of --out.");
        Option<ulong> seed = Options.Seed("--seed", "Seed of noise and first weights in the figures on images (1, 2, 13, 14).");
        var device = new DeviceFlags();
        var command = new Command("explain",
            "Draws how diffusion models work: fourteen figures from noise to training, and a page of them.")
        {
            folder, data, network, run, seed,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            using IImageDataset set = Open(terminal, parsed.GetValue(data), parsed.GetValue(run));
            var request = new ExplainRequest
            {
                Folder = parsed.GetValue(folder)!,
                Network = parsed.GetValue(network),
                Run = parsed.GetValue(run),
                Seed = parsed.GetValue(seed),
            };
            string page = Interruption.Tell($"the figures that were finished are in '{request.Folder}'", () =>
                CountDisplay.Show(terminal, (_, tell) =>
                {
                    using var explanation = new Explanation(device.Of(parsed), set, request) { OnProgress = tell };
                    return explanation.Write(terminal.Stop);
                }));
            terminal.Rows([("figures", Path.GetFullPath(request.Folder)), ("page", Path.GetFullPath(page))]);
            return CommandLine.Success;
        });
        return command;
    }

    private static IImageDataset Open(Terminal terminal, string? data, string? run)
    {
        string source = data ?? (run is null ? "" : RunHistory.Read(run).Options.Schedule.DataSource);
        return source.Length > 0 ? Datasets.Open(source) : FashionMnist.Find(terminal.Line);
    }
}
