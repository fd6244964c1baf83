using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Data;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>train</c>: trains a network on a data set, or goes on with a run.</summary>
internal static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> data = Options.OptionalLocation("--data", "PATH",
            "Images: a folder or zip of images, MNIST-style IDX files or a folder of them, or CIFAR-10's binary archive. "
            + "Only --dry-run does without.");
        Option<string> runs = CommonFlags.RunsFolder();
        var network = new NetworkFlags();
        var dryRun = new DryRunFlags();
        Option<ImageCount?> images = Options.Optional<ImageCount>("--images", "COUNT", "a count of at least 1 such as 3200, 20k or 1.5M",
            "Train until so many images were seen. [default: 200k, unless --minutes is given]",
            text => ImageCount.TryParse(text) is { Images: >= 1 } count ? count : null);
        Option<Duration?> minutes = Options.Optional<Duration>("--minutes", "M", "minutes above 0 such as 10 or 0.5, or a time such as 2h",
            "Train for so many minutes of training steps; sample grids and saving come on top. "
            + "With --images, whichever is first. [default: no limit]",
            text => Duration.TryParse(text, unitSeconds: 60) is { Seconds: > 0 } time ? time : null);
        Option<bool> xflip = Options.Flag("--xflip", "Mirror every image with probability 1/2.");
        var scores = new ScoreFlags();
        var device = new DeviceFlags("share each batch");
        RunSchedule defaults = new TrainingRequest().Schedule;
        Option<ImageCount> tick = Options.Count("--tick", defaults.TickImages, 1, "Images per status line and line of statistics.");
        Option<ImageCount> grid = Options.Count("--grid-every", defaults.GridImages, 0, "Images between sample grids; 0: only at the end.");
        Option<ImageCount> snapshot = Options.Count("--snapshot-every", defaults.SnapshotImages, 0,
            "Images between snapshots of the averaged weights; 0: only at the end.");
        Option<Duration> state = Options.Time("--state-every", new Duration(defaults.StateSeconds), unitSeconds: 1,
            "Time between saved training states: the most that a killed run loses.");
        Option<string?> description = Options.OptionalText("--desc", "TEXT", "A word for the end of the run's folder name.");
        Option<string?> transfer = Options.OptionalLocation("--transfer", "FILE",
            "Start from the weights of this snapshot or network pickle, which must be of the same network.");
        Option<string> resume = Options.Choice("--resume", ["auto", "never"], "auto",
            "'auto' goes on with the newest run of the same data, network, loss, optimiser, batch, seed and --desc; "
            + "'never' starts a new one.");
        var command = new Command(
            "train", "Trains a network on a data set. The same command again goes on where it stopped; Ctrl-C saves first.")
        {
            data, xflip, runs,
        };
        network.AddTo(command);
        foreach (Option option in new Option[]
        {
            images, minutes, transfer, description, resume, tick, grid, snapshot, state,
        })
        {
            command.Options.Add(option);
        }

        scores.AddTo(command);
        device.AddTo(command);
        dryRun.AddTo(command, data);
        command.SetAction(parsed =>
        {
            dryRun.Check(parsed, data);
            TrainingRequest request = network.Request(parsed);
            ImageCount? count = parsed.GetValue(images);
            Duration? time = parsed.GetValue(minutes);
            request = request with
            {
                XFlip = parsed.GetValue(xflip),
                Transfer = parsed.GetValue(transfer),
                Description = parsed.GetValue(description) ?? "",
                Schedule = request.Schedule.On(device.Of(parsed)) with
                {
                    Images = count?.Images ?? (time is null ? request.Schedule.Images : null),
                    Minutes = time?.Minutes,
                    TickImages = parsed.GetValue(tick).Images,
                    GridImages = parsed.GetValue(grid).Images,
                    SnapshotImages = parsed.GetValue(snapshot).Images,
                    StateSeconds = parsed.GetValue(state).Seconds,
                    Score = scores.Of(parsed),
                },
            };
            using IImageDataset set = parsed.GetValue(data) is { } path
                ? Datasets.Open(path)
                : dryRun.Images(parsed, network.PresetName(parsed));
            RunOptions options = request.Resolve(set);
            if (dryRun.IsDry(parsed))
            {
                dryRun.Print(terminal, parsed, options);
                return CommandLine.Success;
            }

            TrainingResult result = TrainingRunner.Train(
                terminal, parsed.GetValue(runs)!, options, set, resume: parsed.GetValue(resume) == "auto");
            TrainingRunner.Summary(terminal, result);
            return CommandLine.Success;
        });
        return command;
    }
}
