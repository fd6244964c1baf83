using System.CommandLine;
using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>bench</c>: times training steps or the denoiser and prints one line of JSON.</summary>
internal static class BenchVerb
{
    public static Command Create(Terminal terminal)
    {
        var what = new Argument<string>("what")
        {
            Description = "'train': the trainer's own step; 'denoise': the network alone; 'limits': what the machine can do at most.",
        };
        what.AcceptOnlyFromAmong("train", "denoise", "limits");
        Option<int> resolution = Options.Integer("--resolution", 32, 1, 1 << 14, "Height and width of the images.");
        Option<int> channels = Options.Integer("--image-channels", 1, 1, 1 << 10, "Channels of the images.");
        Option<int> classes = Options.Integer("--classes", 10, 1, 1 << 14, "With --cond: classes of the random images.");
        Option<string?> data = Options.OptionalLocation("--data", "PATH",
            "Take these images, in the order of 'train', instead of random ones; they say the resolution then.");
        var network = new NetworkFlags();
        Option<int> steps = Options.Integer("--steps", 5, 1, CommonFlags.MostSteps,
            "Timed steps, after two that are not; the median counts.");
        Option<bool> allKernels = Options.Flag("--all-kernels", "List every kernel, not only the ten that took longest.");
        Option<string> device = CommonFlags.Devices("share each batch of 'train'");
        var command = new Command("bench", "Times the network on random images and prints one line of JSON.")
        {
            what, resolution, channels, classes, data,
        };
        network.AddTo(command);
        command.Options.Add(steps);
        command.Options.Add(allKernels);
        command.Options.Add(device);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(what) == "limits")
            {
                using Device measured = Device.Open(CommonFlags.OneDevice(parsed.GetValue(device)!, "'bench limits'"));
                terminal.Line(JsonSerializer.Serialize(MachineLimits.Measure(measured), RunJson.Compact));
                return CommandLine.Success;
            }

            string spec = parsed.GetValue(device)!;
            if (parsed.GetValue(what) == "denoise")
            {
                CommonFlags.OneDevice(spec, "'bench denoise'");
            }

            TrainingRequest request = network.Request(parsed);
            request = request with { Schedule = request.Schedule with { Device = spec } };
            using IImageDataset? set = parsed.GetValue(data) is { } path ? Datasets.Open(path) : null;
            int size = parsed.GetValue(resolution);
            BenchmarkOptions options = BenchmarkOptions.Of(
                request, set, size, parsed.GetValue(channels), parsed.GetValue(classes), parsed.GetValue(steps),
                parsed.GetValue(allKernels));
            using DeviceList opened = DeviceList.Open(spec);
            BenchmarkResult result = parsed.GetValue(what) == "train"
                ? Benchmark.Train(opened.All, options, set)
                : Benchmark.Denoise(opened.First, options);
            terminal.Line(JsonSerializer.Serialize(result, RunJson.Compact));
            return CommandLine.Success;
        });
        return command;
    }
}
