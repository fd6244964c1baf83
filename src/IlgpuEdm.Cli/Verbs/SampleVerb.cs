using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>sample</c>: draws one image a seed.</summary>
internal static class SampleVerb
{
    public static Command Create(Terminal terminal)
    {
        var guidance = new GuidanceFlags();
        var sampling = new SamplingFlags();
        Option<SeedList> seeds = CommonFlags.Seeds("0-63");
        Option<string> folder = Options.RequiredLocation("--out", "FOLDER",
            "Where the PNGs go: 000007.png is seed 7; with classes, dataset.json says which is of which.");
        Option<bool> subfolders = Options.Flag("--subdirs", "A folder for each thousand seeds: 000000/000007.png.");
        Option<string?> grid = Options.OptionalLocation("--grid", "FILE",
            "One more PNG with all images side by side; with --class all, one class a row.");
        Option<string?> trajectory = Options.OptionalLocation("--trajectory", "FILE.webp",
            "Show how the first 16 images come out of the noise: an animation, and beside it FILE-strip.png.");
        Option<ClassChoice?> classes = CommonFlags.Class(
            "Class of the images: a number, 'all' (each seed in every class: 000007-class3.png) or 'random' (drawn for each seed).");
        Option<int> batch = CommonFlags.Batch();
        var device = new DeviceFlags(scheduled: false);
        var command = new Command("sample", "Draws images with a trained network: one PNG a seed.")
        {
            guidance.Network, seeds, folder, subfolders, grid, trajectory, classes,
        };
        guidance.AddTo(command);
        sampling.AddTo(command);
        command.Options.Add(batch);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            ImageSamplerOptions options = sampling.Read(parsed);
            return guidance.Use(parsed, device.Of(parsed), network =>
            {
                ClassChoice? choice = parsed.GetValue(classes);
                IReadOnlyList<ImageSeed> images = ClassChoice.Images(choice, parsed.GetValue(seeds)!.Seeds, network.Network);
                var target = new SampleTarget(
                    parsed.GetValue(folder)!, parsed.GetValue(subfolders), parsed.GetValue(grid), choice == ClassChoice.All);
                int drawn = Draw(terminal, network, images, options, parsed.GetValue(batch), target, parsed.GetValue(trajectory));
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{drawn:N0} of {images.Count:N0} images in '{target.Folder}'"));
                return CommandLine.Success;
            });
        });
        return command;
    }

    /// <summary>Draws seeds from a snapshot into a folder and a grid.</summary>
    public static void Draw(
        Terminal terminal, DeviceRequest request, string snapshot, IReadOnlyList<ulong> seeds, int batch, SampleTarget target)
    {
        using Device device = request.Open();
        using NetworkDenoiser denoiser = NetworkDenoiser.Load(device, snapshot);
        Draw(terminal, new GuidedNetwork(denoiser), ClassChoice.Images(null, seeds, denoiser.Network), new ImageSamplerOptions(), batch,
            target, trajectoryFile: null);
    }

    private static int Draw(Terminal terminal, GuidedNetwork network, IReadOnlyList<ImageSeed> images, ImageSamplerOptions options,
        int batch, SampleTarget target, string? trajectoryFile)
    {
        if (trajectoryFile is not null)
        {
            TrajectoryPictures.Check(trajectoryFile, "--trajectory");
        }

        Trajectory? trajectory = trajectoryFile is null ? null : new Trajectory(network.Network, images);
        int drawn = TrainingDisplay.Count(terminal, "drawing", images.Count, onProgress =>
            SampleFolder.Write(Sample, network.Network, images, batch, target, onProgress, terminal.Stop));
        if (trajectory is { IsComplete: true })
        {
            TrajectoryPictures.Write(trajectoryFile!, trajectory);
        }

        return drawn;

        byte[][] Sample(IReadOnlyList<ImageSeed> chunk)
        {
            byte[][] pixels = ImageSampler.Sample(network, chunk, options, batch, terminal.Stop, trajectory?.Recorder(chunk));
            trajectory?.Finish(chunk, pixels);
            return pixels;
        }
    }
}
