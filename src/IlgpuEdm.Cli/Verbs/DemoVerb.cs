using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>demo</c>: from nothing to a grid of drawn clothes.</summary>
internal static class DemoVerb
{
    private const string Seeds = "0-63";
    private const int Batch = 64;

    public static Command Create(Terminal terminal)
    {
        Option<Duration> minutes = Options.Parsed("--minutes", "M", new Duration(600),
            "minutes above 0 such as 10 or 0.5, or a time such as 2h", "How long to train; finding the data and drawing come on top.",
            text => Duration.TryParse(text, unitSeconds: 60) is { Seconds: > 0 } time ? time : null);
        Option<string> runs = CommonFlags.RunsFolder();
        Option<ulong> seed = Options.Seed("--seed", "Seed of initialisation, data order and noise.");
        var device = new DeviceFlags();
        var command = new Command("demo", "Finds or downloads Fashion-MNIST, trains a compact network on it and draws 64 images.")
        {
            minutes, runs, seed,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            var request = new TrainingRequest
            {
                Seed = parsed.GetValue(seed),
                Schedule = new RunSchedule
                {
                    DataSource = "",
                    Minutes = parsed.GetValue(minutes).Minutes,
                    StateSeconds = 60,
                }.On(device.Of(parsed)),
            };
            using IImageDataset data = FashionMnist.Find(terminal.Line);
            TrainingResult result = TrainingRunner.Train(terminal, parsed.GetValue(runs)!, request.Resolve(data), data, resume: true);
            if (result.Outcome != TrainingOutcome.Interrupted)
            {
                Draw(terminal, device.Of(parsed), result);
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static void Draw(Terminal terminal, DeviceRequest device, TrainingResult result)
    {
        string run = Path.GetDirectoryName(result.Snapshot)!;
        string folder = Path.Combine(run, "images");
        string grid = Path.Combine(run, "grid.png");
        IReadOnlyList<ulong> seeds = SeedList.TryParse(Seeds)!.Seeds;
        SampleVerb.Draw(terminal, device, result.Snapshot, seeds, Batch, new SampleTarget(folder, Grid: grid));
        terminal.Line("");
        terminal.Rows(
        [
            ("grid", Path.GetFullPath(grid)),
            ("images", Path.GetFullPath(folder)),
            ("loss curve", result.Curve is null ? "-" : Path.GetFullPath(result.Curve)),
            ("checkpoint", Path.GetFullPath(result.Snapshot)),
        ]);
        terminal.Line("to draw them again, or others with other seeds:");
        terminal.Line($"  dotnet run -c Release --project src/IlgpuEdm.Cli -- sample "
            + $"--network \"{result.Snapshot}\" --seeds {Seeds} --out drawn "
            + "--grid drawn/grid.png");
    }
}
