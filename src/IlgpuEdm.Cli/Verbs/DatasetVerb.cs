using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Data.Downloads;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>dataset</c>: makes data sets of images, or downloads well-known ones and the weights for FID.</summary>
internal static class DatasetVerb
{
    private static readonly Dictionary<string, ImageTransform> Transforms = new()
    {
        ["none"] = ImageTransform.None,
        ["center-crop"] = ImageTransform.CenterCrop,
        ["center-crop-wide"] = ImageTransform.CenterCropWide,
    };

    public static Command Create(Terminal terminal) =>
        new("dataset", "Makes a data set for training of images of any kind, or downloads a well-known one.")
        {
            Convert(terminal),
            Get(terminal),
        };

    private static Command Convert(Terminal terminal)
    {
        Option<string> source = Options.RequiredLocation("--source", "PATH",
            "Folder or zip of images (dataset.json or top-level folders are their labels), IDX files, CIFAR-10 or CIFAR-100, .npz, or "
            + "Parquet files as the Hugging Face hub stores images; recognised by content.");
        Option<string> dest = Options.RequiredLocation("--dest", "FILE",
            "The zip to write, in the layout of the reference implementation.");
        Option<ImageSize?> resolution = Options.Optional<ImageSize>("--resolution", "WxH",
            $"two sides from 1 to {ConversionOptions.MaximumSide} such as 64x64", "Size of the new images. [default: that of the old ones]",
            ImageSize.TryParse);
        Option<string> transform = Options.Choice("--transform", [.. Transforms.Keys], "none",
            "How images come to that size: resized as a whole; by the largest part in the middle of its proportions, in colour; or so "
            + "and on a black square, leaving out smaller images. Resized by Pillow's Lanczos filter.");
        Option<ImageCount?> most = Options.Optional<ImageCount>("--max-images", "COUNT", "a count of at least 1 such as 3200 or 20k",
            "Take the first images only. [default: all]", text => ImageCount.TryParse(text) is { Images: >= 1 } count ? count : null);
        Option<bool> skip = Options.Flag("--skip-broken", "Leave broken images out; without it they are named and nothing is written.");
        Option<bool> pad = Options.Flag("--pad", "Lay images of 28x28 pixels in the middle of black ones of 32x32, as is usual for MNIST.");
        var command = new Command("convert", "Converts images to a data set: a zip of PNGs of one size with their labels. The same images "
            + "give the same bytes.")
        {
            source, dest, resolution, transform, most, skip, pad,
        };
        command.SetAction(parsed =>
        {
            ImageSize? size = parsed.GetValue(resolution);
            DatasetRunner.Convert(terminal, new ConversionOptions
            {
                Source = parsed.GetValue(source)!,
                Dest = parsed.GetValue(dest)!,
                Width = size?.Width,
                Height = size?.Height,
                Transform = Transforms[parsed.GetValue(transform)!],
                MaxImages = parsed.GetValue(most)?.Images,
                SkipBroken = parsed.GetValue(skip),
                Pad = parsed.GetValue(pad),
            });
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        string names = string.Join(", ", DatasetCatalog.All.Select(d => d.Name));
        var name = new Argument<string>("name")
        {
            Description = $"One of {names}; inception is no data set but the weights of the network that FID is computed with.",
        };
        Option<string> dest = Options.Location("--dest", "FOLDER", "datasets", "Folder of all data sets.");
        var command = new Command(
            "get", "Downloads a data set, or the weights for FID, from its public home and checks it; the same command goes on where one "
                + "stopped.")
        {
            name, dest,
        };
        command.SetAction(parsed =>
        {
            DatasetRunner.Get(terminal, DatasetCatalog.Named(parsed.GetValue(name)!), parsed.GetValue(dest)!);
            return CommandLine.Success;
        });
        return command;
    }
}
