using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>edit</c>: fills a part of images, or draws images after them.</summary>
internal static class EditVerb
{
    public static Command Create(Terminal terminal)
    {
        var guidance = new GuidanceFlags();
        var sampling = new SamplingFlags();
        var defaults = new EditOptions();
        Option<string> image = Options.RequiredLocation("--image", "PATH", "An image, or a folder of them, of the network's size.");
        Option<string> folder = Options.RequiredLocation("--out", "FOLDER", "Where the PNGs go: coat-000007.png is coat.png with seed 7.");
        Option<string?> mask = Options.OptionalLocation("--mask", "FILE",
            "Fill what is white in this picture; what is black stays as it is, byte for byte.");
        Option<PixelBox?> box = Options.OptionalValue("--mask-box", "X,Y,W,H",
            "four whole numbers such as 8,0,12,28: left, top, width, height",
            "Fill this box of pixels: left, top, width, height. [default: none]", PixelBox.TryParse);
        Option<int> repeats = Options.Integer("--repeats", defaults.Repeats, 0, CommonFlags.MostSteps,
            "With a mask: how often each step is repeated, so that new and known pixels agree.");
        Option<double> start = Options.Positive("--sigma-start", defaults.SigmaStart,
            "Without a mask: the noise level that the image is raised to before --steps lead down again; the higher, the freer.");
        Option<SeedList> seeds = CommonFlags.Seeds("0");
        Option<ClassChoice?> classes = CommonFlags.Class("Class to edit towards: a number, 'all' or 'random' (drawn for each seed).");
        Option<string?> grid = Options.OptionalLocation("--grid", "FILE",
            "One more PNG, a row an image: the image, what is known of it, the results.");
        Option<int> batch = CommonFlags.Batch();
        var device = new DeviceFlags(scheduled: false);
        var command = new Command("edit", "Fills a part of images (inpainting), or draws new images after them (image-to-image).")
        {
            guidance.Network, image, folder, mask, box, repeats, start, seeds, classes, grid,
        };
        guidance.AddTo(command);
        sampling.AddTo(command);
        command.Options.Add(batch);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            bool fills = parsed.Given(mask) || parsed.Given(box);
            parsed.Refuse(fills ? "is for editing without a mask" : "is for filling a mask; give --mask or --mask-box",
                fills ? start : repeats);
            if (parsed.Given(mask) && parsed.Given(box))
            {
                throw new EdmException("--mask and --mask-box exclude each other; leave one out");
            }

            var options = new EditOptions
            {
                Sampling = sampling.Read(parsed),
                Repeats = parsed.GetValue(repeats),
                SigmaStart = parsed.GetValue(start),
            };
            return guidance.Use(parsed, device.Of(parsed), network =>
            {
                EditOptions whole = options with { Mask = Mask(parsed.GetValue(mask), parsed.GetValue(box), network.Network) };
                whole.Validate(network.Range);
                ClassChoice? choice = parsed.GetValue(classes);
                IReadOnlyList<ImageSeed> images = ClassChoice.Images(choice, parsed.GetValue(seeds)!.Seeds, network.Network);
                IReadOnlyList<EditSource> sources = EditSources.Read(parsed.GetValue(image)!, network.Network);
                var target = new SampleTarget(
                    parsed.GetValue(folder)!, Grid: parsed.GetValue(grid), AllClasses: choice == ClassChoice.All);
                int n = parsed.GetValue(batch);
                int edited = TrainingDisplay.Count(terminal, "editing", sources.Count * images.Count, onProgress => EditFolder.Write(
                    (from, seed) => ImageEditor.Edit(network, from, seed, whole, n, terminal.Stop), network.Network, sources, images,
                    whole.Mask, n, target, onProgress, terminal.Stop));
                terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{edited:N0} of {sources.Count * images.Count:N0} images in '{target.Folder}'"));
                return CommandLine.Success;
            });
        });
        return command;
    }

    private static InpaintingMask? Mask(string? file, PixelBox? box, UNetOptions network) =>
        file is not null ? EditSources.ReadMask(file, network)
        : box is not null ? EditSources.Box(box.X, box.Y, box.Width, box.Height, network)
        : null;
}
