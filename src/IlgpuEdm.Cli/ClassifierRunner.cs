using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>Runs what <c>classifier</c> asks for and shows how it goes.</summary>
internal static class ClassifierRunner
{
    private const int Reports = 10;

    /// <summary>Trains a classifier, tests it and writes it.</summary>
    public static void Train(
        Terminal terminal, DeviceRequest request, string dataPath, string? testPath, string file, ClassifierTrainingOptions options)
    {
        OutputFile.RequireWritable(file, "classifier.safetensors");
        using IImageDataset data = Datasets.Open(dataPath);
        using IImageDataset? test = testPath is null ? null : Datasets.Open(testPath);
        ClassifierTraining.RequireFit(data, test);
        using Device device = request.Open();
        long start = Stopwatch.GetTimestamp();
        var display = new Progress(terminal, options.Images);
        using ImageClassifier classifier = Interruption.Tell(
            "nothing was written", () => ClassifierTraining.Train(device, data, options, display.Tell, terminal.Stop));
        classifier.Save(file);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"'{file}': {classifier.Options.Classes} classes, {classifier.ParameterCount:N0} parameters, ")
            + $"trained in {TimeText.Of(Stopwatch.GetElapsedTime(start).TotalSeconds)} on {device.Name}");
        if (test is not null)
        {
            Recognition overall = Evaluate(terminal, classifier, test, long.MaxValue, quiet: false).Overall;
            terminal.Line($"test accuracy {Percent(overall.Accuracy)} +- {Percent(overall.AccuracyError)} on "
                + overall.Images.ToString("N0", CultureInfo.InvariantCulture) + " images");
        }
    }

    /// <summary>Judges a data set.</summary>
    public static ClassifierEvaluation Evaluate(
        Terminal terminal, ImageClassifier classifier, IImageDataset data, long most, bool quiet)
    {
        ClassifierEvaluation Measure(Action<int>? onProgress) =>
            ClassifierEvaluation.Measure(classifier, data, most, onProgress, terminal.Stop);

        int count = (int)Math.Min(Math.Min(most, data.Count), int.MaxValue);
        return Interruption.Tell("there is no result",
            () => quiet ? Measure(null) : TrainingDisplay.Count(terminal, "testing", count, Measure));
    }

    /// <summary>Prints figures as a table, or as one line of JSON.</summary>
    public static void Print(Terminal terminal, ClassifierEvaluation evaluation, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(Figures(evaluation), RunJson.Compact));
            return;
        }

        terminal.Table(
            ["class", "images", "accuracy", "+-", "probability of its class", "+-"],
            evaluation.Classes.Select((c, i) => Row(i.ToString(CultureInfo.InvariantCulture), c)).Where(row => row[1] != "0")
                .Append(Row("all", evaluation.Overall)));
    }

    /// <summary>The figures of all images and of each class, as JSON shows them.</summary>
    public static object Figures(ClassifierEvaluation evaluation) => new
    {
        Overall = Figures("all", evaluation.Overall),
        Classes = evaluation.Classes.Select((c, i) => Figures(i, c)),
    };

    private static string[] Row(string name, Recognition r) =>
    [
        name, r.Images.ToString("N0", CultureInfo.InvariantCulture), Percent(r.Accuracy), Percent(r.AccuracyError),
        Number(r.Probability), Number(r.ProbabilityError),
    ];

    private static Dictionary<string, object?> Figures(object name, Recognition r) => new()
    {
        ["class"] = name,
        ["images"] = r.Images,
        ["accuracy"] = Finite(r.Accuracy),
        ["accuracy_error"] = Finite(r.AccuracyError),
        ["probability"] = Finite(r.Probability),
        ["probability_error"] = Finite(r.ProbabilityError),
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Percent(double value) =>
        double.IsFinite(value) ? (100 * value).ToString("F2", CultureInfo.InvariantCulture) + " %" : "-";

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("F4", CultureInfo.InvariantCulture) : "-";

    private sealed class Progress(Terminal terminal, long images)
    {
        private readonly long start = Stopwatch.GetTimestamp();
        private long told;
        private long seen;
        private long correct;
        private double loss;

        public void Tell(ClassifierStep step)
        {
            seen += step.Batch;
            correct += step.Correct;
            loss += step.Loss * step.Batch;
            if (step.Images < images && step.Images * Reports / images == told)
            {
                return;
            }

            told = step.Images * Reports / images;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, rate = step.Images / seconds;
            string left = TimeText.Of((images - step.Images) / rate);
            string accuracy = Percent((double)correct / seen);
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"images {step.Images,-10:N0} loss {loss / seen:F4}  accuracy {accuracy}  {rate:F0} images/s  ETA {left}"));
            (seen, correct, loss) = (0, 0, 0);
        }
    }
}
