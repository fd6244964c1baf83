using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>fid</c>: how far images are from a reference, in the features of a network.</summary>
internal static class FidVerb
{
    /// <summary>What a feature network is, for the help.</summary>
    public const string FeatureFile =
        "The feature network: a file of 'fid train-features', or the weights that 'dataset get inception' gets.";

    private const int MostSubsets = 100_000;

    public static Command Create(Terminal terminal) =>
        new("fid", "Scores images by their distance from a reference, in the features of a network.")
        {
            ClassifierVerb.Training(terminal, "train-features",
                "Trains a small classifier on labelled images, in whose features others are compared: for grey images, or without "
                + "Inception-v3."),
            Ref(terminal),
            Calc(terminal),
        };

    private static Command Ref(Terminal terminal)
    {
        Option<string> data = Options.RequiredLocation("--data", "PATH", "The data set: whatever 'train' takes.");
        Option<string> features = Options.RequiredLocation("--features", "FILE", FeatureFile);
        Option<string> file = Options.RequiredLocation("--out", "FILE.npz",
            "The reference: mu and sigma, as the reference implementation and pytorch-fid read them, and what they are of.");
        Option<int?> most = Count("--max-images", "Measure so many images, drawn at random. [default: all]");
        Option<ulong> seed = Options.Seed("--seed", "Seed of that draw.");
        Option<bool> keep = Options.Flag(
            "--keep-features", "Keep the features of each image too, which --kid and --precision-recall need.");
        var device = new DeviceFlags(networks: false);
        var command = new Command("ref", "Measures a data set once, for many scores: mean and covariance of its features.")
        {
            data, features, file, most, seed, keep,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(most) is null)
            {
                parsed.Refuse("has no effect without --max-images, since all images are taken", seed);
            }

            FidRunner.MakeReference(terminal, device.Of(parsed), parsed.GetValue(features)!, parsed.GetValue(data)!,
                parsed.GetValue(file)!, parsed.GetValue(most), parsed.GetValue(seed), parsed.GetValue(keep));
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Calc(Terminal terminal)
    {
        Option<string?> images = Options.OptionalLocation("--images", "PATH",
            "The images: a folder, a zip, or any other data set. This, or --network.", otherwise: null);
        var guidance = new GuidanceFlags("Draw the images with this network instead (a snapshot, or a network pickle of the reference).");
        Option<string> reference = Options.RequiredLocation("--ref", "PATH",
            "What to compare with: a file that 'fid ref', the reference implementation or pytorch-fid wrote, or a data set.");
        Option<string?> baseline = Options.OptionalLocation("--baseline", "PATH",
            "Also score these real images, such as the test set, as many as are scored (or all, if fewer): how small a distance can be.");
        Option<string> features = Options.RequiredLocation("--features", "FILE", FeatureFile);
        Option<int?> number = Count("--num",
            "Score so many images: of --images a random subset, of --network the seeds from 0 on. [default: all; of --network "
            + FidRequest.UsualImages.ToString(CultureInfo.InvariantCulture) + "]");
        Option<ulong> seed = Options.Seed("--seed", "Seed of the random subsets, also of --kid.");
        Option<bool> kid = Options.Flag("--kid", "Also the kernel distance (KID).");
        Option<int> subsets = Options.Integer("--kid-subsets", KernelDistance.DefaultSubsets, 1, MostSubsets,
            "Subsets that --kid is averaged over.");
        Option<int?> subsetSize = Count("--kid-subset-size",
            $"Images of a subset. [default: {KernelDistance.DefaultSubsetSize}, or what there are if fewer]");
        Option<bool> precision = Options.Flag("--precision-recall", "Also improved precision and recall.");
        Option<bool> json = Options.Flag("--json", "Print one line of JSON.");
        Option<SeedList?> seeds = Options.OptionalValue("--seeds", "LIST", "seeds such as 0-63,70",
            "With --network: draw these seeds. [default: 0 to --num - 1]", SeedList.TryParse);
        Option<ClassChoice?> classes = CommonFlags.Class("With --network: class of the images, a number, 'all' (each seed in every class) "
            + "or 'random' (drawn for each seed).");
        var sampling = new SamplingFlags();
        Option<int> batch = CommonFlags.Batch();
        var device = new DeviceFlags(scheduled: false);
        var command = new Command("calc",
            "Scores images, or those that a network draws: the Fréchet distance from a reference, which in Inception-v3's features is "
            + "the FID.")
        {
            images, guidance.Network, reference, baseline, features, number, seed, kid, subsets, subsetSize, precision, json, seeds, classes,
        };
        guidance.AddTo(command);
        sampling.AddTo(command);
        command.Options.Add(batch);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(kid))
            {
                parsed.Refuse("has no effect without --kid", subsets, subsetSize);
            }

            var request = new FidRequest
            {
                Reference = parsed.GetValue(reference)!,
                Baseline = parsed.GetValue(baseline),
                Features = parsed.GetValue(features)!,
                Number = parsed.GetValue(number),
                Seed = parsed.GetValue(seed),
                Kid = parsed.GetValue(kid),
                KidSubsets = parsed.GetValue(subsets),
                KidSubsetSize = parsed.GetValue(subsetSize),
                PrecisionRecall = parsed.GetValue(precision),
                Json = parsed.GetValue(json),
            };
            bool draws = parsed.Given(guidance.Network);
            if (draws == parsed.Given(images))
            {
                throw new EdmException(draws
                    ? "--images and --network are both given; score one of them"
                    : "there is nothing to score; give --images, or a --network to draw with");
            }

            if (!request.Kid && !(parsed.Given(number) && !draws) && request.Baseline is null)
            {
                parsed.Refuse("has no effect, since nothing is drawn at random", seed);
            }

            // A feature network's numbers are compared with those of other runs: always with all their bits.
            DeviceRequest where = device.Of(parsed), exactly = where with { Precision = Precision.Fp32 };
            if (!draws)
            {
                parsed.Refuse("goes with --network", [seeds, classes, .. guidance.All, .. sampling.All, batch, device.PrecisionOption!]);
                FidRunner.Score(terminal, exactly, request, parsed.GetValue(images)!);
                return CommandLine.Success;
            }

            if (parsed.Given(number))
            {
                parsed.Refuse("says which images to draw, and so does --num", seeds);
            }

            if (parsed.GetValue(classes) == ClassChoice.All && !parsed.Given(seeds))
            {
                throw new EdmException(
                    "--class all draws each seed in every class, so that --num does not say how many; give --seeds, such as 0-999");
            }

            guidance.Check(parsed);
            ImageSamplerOptions options = sampling.Read(parsed);
            using Device exact = exactly.Open();
            using Device? other = where == exactly ? null : where.Open();
            return guidance.Use(parsed, other ?? exact, network =>
            {
                IReadOnlyList<ulong> list = parsed.GetValue(seeds)?.Seeds
                    ?? [.. Enumerable.Range(0, request.Number ?? FidRequest.UsualImages).Select(i => (ulong)i)];
                FidRunner.Score(terminal, exact, request, new DrawnImages(network, parsed.GetValue(guidance.Network)!,
                    ClassChoice.Images(parsed.GetValue(classes), list, network.Network), options, parsed.GetValue(batch)));
                return CommandLine.Success;
            });
        });
        return command;
    }

    private static Option<int?> Count(string name, string description) => Options.Optional<int>(name, "COUNT",
        $"a count from 2 to {int.MaxValue} such as 5000 or 50k", description,
        text => ImageCount.TryParse(text) is { Images: >= 2 and <= int.MaxValue } count ? (int)count.Images : null);
}
