using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>interpolate</c>: an animation of images between seeds.</summary>
internal static class InterpolateVerb
{
    public static Command Create(Terminal terminal)
    {
        var guidance = new GuidanceFlags();
        var sampling = new SamplingFlags();
        Option<SeedList> seeds = Options.RequiredList("--seeds", "LIST", "two or more seeds such as 3,7",
            "The seeds to go between, in this order; their own images are those of 'sample'.", SeedList.TryParse);
        Option<string> file = Options.RequiredLocation("--out", "FILE.webp",
            "The animation; FILE-strip.png beside it shows 10 images of it.");
        Option<int> frames = Options.Integer("--frames", 32, 2, CommonFlags.MostSteps, "Images on the way, ends included.");
        Option<ClassChoice?> classes = CommonFlags.Class("Class of all images: a number, or 'random' (that of the first seed).");
        Option<int> batch = CommonFlags.Batch();
        var device = new DeviceFlags(scheduled: false);
        var command = new Command("interpolate", "Draws an animation of the images between seeds.")
        {
            guidance.Network, seeds, file, frames, classes,
        };
        guidance.AddTo(command);
        sampling.AddTo(command);
        command.Options.Add(batch);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            ImageSamplerOptions options = sampling.Read(parsed);
            string path = parsed.GetValue(file)!;
            TrajectoryPictures.Check(path, "--out");
            ClassChoice? choice = parsed.GetValue(classes);
            if (choice == ClassChoice.All)
            {
                throw new EdmException("--class all: an animation is of one class; give its number");
            }

            return guidance.Use(parsed, device.Of(parsed), network =>
            {
                IReadOnlyList<ulong> ends = parsed.GetValue(seeds)!.Seeds;
                int? imageClass = ClassChoice.Images(choice, ends, network.Network)[0].Class;
                int count = parsed.GetValue(frames);
                byte[][] images = Draw(terminal, count, onProgress => ImageInterpolation.Sample(
                    network, ends, imageClass, count, options, parsed.GetValue(batch), terminal.Stop, onProgress));
                TrajectoryPictures.WriteWay(path, images, network.Network);
                terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{images.Length:N0} images in '{path}' and '{TrajectoryPictures.StripPath(path)}'"));
                return CommandLine.Success;
            });
        });
        return command;
    }

    private static byte[][] Draw(Terminal terminal, int count, Func<Action<int>?, byte[][]> work)
    {
        try
        {
            return TrainingDisplay.Count(terminal, "drawing", count, work);
        }
        catch (OperationCanceledException e)
        {
            throw new EdmException("stopped; nothing was written", e);
        }
    }
}
