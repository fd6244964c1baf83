using System.CommandLine;
using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>bench</c>: times training steps or the denoiser and prints one line of JSON.</summary>
internal static class BenchVerb
{
    public static Command Create(Terminal terminal)
    {
        var what = new Argument<string>("what")
        {
            Description = "'train': the trainer's own step; 'denoise': the network alone; 'limits': what the machine can do at most; "
                + "'inception': the features of FID, with random weights, of --batch images a call; "
                + "'kernels': each kernel by itself at the shapes of published networks (ddpmpp, ncsnpp, adm; or of one --preset), a line "
                + "of JSON each.",
        };
        what.AcceptOnlyFromAmong("train", "denoise", "limits", "inception", "kernels");
        Option<int> resolution = Options.Integer("--resolution", 32, 1, 1 << 14, "Height and width of the images.");
        Option<int> channels = Options.Integer("--image-channels", 1, 1, 1 << 10, "Channels of the images.");
        Option<int> classes = Options.Integer("--classes", 10, 1, 1 << 14, "With --cond: classes of the random images.");
        Option<string?> data = Options.OptionalLocation("--data", "PATH",
            "Take these images, in the order of 'train', instead of random ones; they say the resolution then.");
        var network = new NetworkFlags();
        Option<int> steps = Options.Integer("--steps", 5, 1, CommonFlags.MostSteps,
            "Timed steps, after two that are not; the median counts.");
        Option<bool> allKernels = Options.Flag("--all-kernels", "List every kernel, not only the ten that took longest.");
        var device = new DeviceFlags("share each batch of 'train'");
        Option<string> tile = Options.Choice("--tile", [.. KernelBenchmark.Tiles], "auto",
            "With 'kernels': the tile of convolutions in the cooperative schedule; all measures each.");
        var command = new Command("bench", "Times the network on random images and prints one line of JSON.")
        {
            what, resolution, channels, classes, data,
        };
        network.AddTo(command);
        command.Options.Add(steps);
        command.Options.Add(allKernels);
        command.Options.Add(tile);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(what) == "limits")
            {
                using Device measured = device.One(parsed, "'bench limits'").Open();
                terminal.Line(JsonSerializer.Serialize(MachineLimits.Measure(measured), RunJson.Compact));
                return CommandLine.Success;
            }

            if (parsed.GetValue(what) == "inception")
            {
                using Device measured = device.One(parsed, "'bench inception'").Open();
                terminal.Line(JsonSerializer.Serialize(
                    InceptionBenchmark.Run(
                        measured, network.BatchOf(parsed), parsed.GetValue(resolution), parsed.GetValue(channels), parsed.GetValue(steps)),
                    RunJson.Compact));
                return CommandLine.Success;
            }

            if (parsed.GetValue(what) == "kernels")
            {
                using Device measured = device.One(parsed, "'bench kernels'").Open();
                foreach (KernelTiming timing in KernelBenchmark.Run(
                    measured, network.Named(parsed), network.BatchOf(parsed), parsed.GetValue(tile)!, parsed.GetValue(steps)))
                {
                    terminal.Line(JsonSerializer.Serialize(timing, RunJson.Compact));
                }

                return CommandLine.Success;
            }

            if (parsed.GetValue(what) == "denoise")
            {
                device.One(parsed, "'bench denoise'");
            }

            DeviceRequest where = device.Of(parsed);
            TrainingRequest request = network.Request(parsed);
            request = request with { Schedule = request.Schedule.On(where) };
            using IImageDataset? set = parsed.GetValue(data) is { } path ? Datasets.Open(path) : null;
            int size = parsed.GetValue(resolution);
            BenchmarkOptions options = BenchmarkOptions.Of(
                request, set, size, parsed.GetValue(channels), parsed.GetValue(classes), parsed.GetValue(steps),
                parsed.GetValue(allKernels));
            using DeviceList opened = where.OpenAll();
            BenchmarkResult result = parsed.GetValue(what) == "train"
                ? Benchmark.Train(opened.All, options, set)
                : Benchmark.Denoise(opened.First, options);
            terminal.Line(JsonSerializer.Serialize(result, RunJson.Compact));
            return CommandLine.Success;
        });
        return command;
    }
}
