using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>classifier</c>: trains an image classifier, or judges labelled images with one.</summary>
internal static class ClassifierVerb
{
    private const string Labelled = "Images with labels: a folder or zip with dataset.json or a folder a class, IDX files with labels, or "
        + "CIFAR-10's binary archive.";

    public static Command Create(Terminal terminal) =>
        new("classifier", "Trains a classifier on labelled images, and says how well one recognises others, such as drawn ones.")
        {
            Training(terminal, "train", "Trains a classifier on labelled images of any one size."),
            Evaluate(terminal),
        };

    /// <summary>The command that trains a classifier, for its own sake or for its features.</summary>
    public static Command Training(Terminal terminal, string name, string description)
    {
        var defaults = new ClassifierTrainingOptions();
        Option<string> data = Options.RequiredLocation("--data", "PATH", Labelled);
        Option<string> file = Options.RequiredLocation("--out", "FILE", "Where the classifier goes, such as classifier.safetensors.");
        Option<ImageCount> images = Options.Count("--images", defaults.Images, 1, "Images to train on, with repetition.");
        Option<int> batch = Options.Integer("--batch", defaults.Batch, 1, CommonFlags.MostImagesAtOnce, "Images per optimiser step.");
        Option<double> rate = Options.Positive("--lr", defaults.LearningRate, "Learning rate.");
        Option<ulong> seed = Options.Seed("--seed", "Seed of initialisation, order, shifts and noise.");
        Option<string?> test = Options.OptionalLocation("--test", "PATH",
            "Images with labels to test it on, such as t10k-images-idx3-ubyte.gz of a folder of IDX files.");
        var device = new DeviceFlags(networks: false);
        var command = new Command(name, description)
        {
            data, file, images, batch, rate, seed, test,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            var options = new ClassifierTrainingOptions
            {
                Images = parsed.GetValue(images).Images,
                Batch = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                Seed = parsed.GetValue(seed),
            };
            ClassifierRunner.Train(
                terminal, device.Of(parsed), parsed.GetValue(data)!, parsed.GetValue(test), parsed.GetValue(file)!, options);
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Evaluate(Terminal terminal)
    {
        Option<string> classifier = Options.RequiredLocation("--classifier", "FILE", "A classifier that 'classifier train' wrote.");
        Option<string> data = Options.RequiredLocation("--data", "PATH", Labelled);
        Option<int?> most = Options.Optional<int>("--max-images", "N", $"a whole number from 1 to {int.MaxValue}",
            "Judge so many images, spread evenly over the data set. [default: all]",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= 1 ? n : null);
        Option<bool> json = Options.Flag("--json", "Print one line of JSON instead of a table.");
        var device = new DeviceFlags(networks: false);
        var command = new Command(
            "evaluate", "Says how well a classifier recognises labelled images: overall and by class, with standard errors.")
        {
            classifier, data, most, json,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            using IImageDataset set = Datasets.Open(parsed.GetValue(data)!);
            using Device opened = device.Of(parsed).Open();
            using ImageClassifier loaded = ImageClassifier.Load(opened, parsed.GetValue(classifier)!);
            ClassifierEvaluation evaluation = ClassifierRunner.Evaluate(
                terminal, loaded, set, parsed.GetValue(most) ?? long.MaxValue, quiet: parsed.GetValue(json));
            ClassifierRunner.Print(terminal, evaluation, parsed.GetValue(json));
            return CommandLine.Success;
        });
        return command;
    }
}
