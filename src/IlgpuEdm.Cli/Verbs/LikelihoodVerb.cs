using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>likelihood</c>: how many bits a network thinks that images hold.</summary>
internal static class LikelihoodVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> network = Options.RequiredLocation("--network", "FILE",
            "A snapshot of a run (network-snapshot-*.safetensors), or a network pickle of the reference.");
        Option<string> data = Options.RequiredLocation("--data", "PATH", "Images, as 'train' takes them.");
        Option<int> images = Options.Integer("--images", 16, 1, int.MaxValue, "So many images, spread evenly over the data set.");
        var defaults = new LikelihoodOptions();
        Option<int> probes = Options.Integer("--probes", defaults.Probes, 1, 1_000_000,
            "Random vectors of the estimate of the divergence; more are slower and more exact.");
        Option<bool> fullTrace = Options.Flag("--full-trace", "Compute the divergence itself: a vector for each value of an image.");
        Option<LabelChoice?> classes = Options.OptionalValue("--class", "N|data|none", "a class from 0, data or none",
            "Class to take the images for: a number, 'data' (their own) or 'none'. [default: data, where the network knows classes]",
            ClassNumber.Label);
        Option<NumberOrAuto> sigmaMin = SamplingFlags.Level("--sigma-min", "The noise level that images are taken for; 'auto' is 0.002.");
        Option<NumberOrAuto> sigmaMax = SamplingFlags.Level("--sigma-max", "The noise level at which only noise is left; 'auto' is 80.");
        var tolerance = new ToleranceFlags("Of the ODE solver: ");
        Option<ulong> seed = Options.Seed("--seed", "Seed of the vectors, and of the noise within each grey level.");
        Option<int> batch = Options.Integer("--batch", defaults.Batch, 1, CommonFlags.MostImagesAtOnce,
            "Vectors at once; it does not change the result.");
        Option<bool> json = Options.Flag("--json", "Print one line of JSON.");
        var device = new DeviceFlags(scheduled: false);
        var command = new Command("likelihood", "Measures the likelihood of images, in bits per dimension.")
        {
            network, data, images, probes, fullTrace, classes, sigmaMin, sigmaMax,
        };
        tolerance.AddTo(command);
        foreach (Option option in new Option[] { seed, batch, json })
        {
            command.Options.Add(option);
        }

        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(fullTrace))
            {
                parsed.Refuse("has no effect with --full-trace", probes);
            }

            AdaptiveTolerance exactness = tolerance.Read(parsed);
            var levels = new SamplerOptions { SigmaMin = parsed.GetValue(sigmaMin).Number, SigmaMax = parsed.GetValue(sigmaMax).Number };
            levels.Validate();
            using IImageDataset set = Datasets.Open(parsed.GetValue(data)!);
            using Device opened = device.Of(parsed).Open();
            using NetworkDenoiser denoiser = NetworkDenoiser.Load(opened, parsed.GetValue(network)!);
            DatasetLikelihood.RequireFit(denoiser.Network, set);
            var options = new LikelihoodOptions
            {
                Ode = exactness.Options(levels, new GuidedNetwork(denoiser)),
                Probes = parsed.GetValue(probes),
                FullTrace = parsed.GetValue(fullTrace),
                Batch = parsed.GetValue(batch),
            };
            options.Validate();
            Func<long, int?> classOf = LabelChoice.Classes(parsed.GetValue(classes), denoiser.Network, set);
            IReadOnlyList<long> chosen = DatasetLikelihood.Choose(set, parsed.GetValue(images));
            List<LikelihoodResult> results = Measure(terminal, parsed.GetValue(json), chosen, i => DatasetLikelihood.Of(
                denoiser, set, i, classOf(i), options, parsed.GetValue(seed), terminal.Stop));
            Print(terminal, LikelihoodSummary.Of(results), parsed.GetValue(json));
            return CommandLine.Success;
        });
        return command;
    }

    private static List<LikelihoodResult> Measure(
        Terminal terminal, bool quiet, IReadOnlyList<long> images, Func<long, LikelihoodResult> measure)
    {
        List<LikelihoodResult> Each(Action<int>? onProgress)
        {
            var results = new List<LikelihoodResult>();
            try
            {
                foreach (long image in images)
                {
                    results.Add(measure(image));
                    onProgress?.Invoke(results.Count);
                }
            }
            catch (OperationCanceledException) when (results.Count > 0)
            {
            }
            catch (OperationCanceledException e)
            {
                throw new EdmException("stopped; there is no result", e);
            }

            return results;
        }

        return quiet ? Each(null) : TrainingDisplay.Count(terminal, "measuring", images.Count, Each);
    }

    private static void Print(Terminal terminal, LikelihoodSummary summary, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(summary, RunJson.Compact));
            return;
        }

        terminal.Rows(
        [
            ("images", summary.Images.ToString("N0", CultureInfo.InvariantCulture)),
            ("bits per dimension", Figure(summary.BitsPerDimension, summary.StandardError, "over images")),
            ("error of the estimate", summary.EstimateError is { } error ? $"{Number(error)} bits an image" : "-"),
            ("nats an image", Number(summary.Nats) + ", density on [-1, 1]"),
            ("evaluations an image", summary.Evaluations.ToString("F0", CultureInfo.InvariantCulture)),
        ]);
    }

    private static string Figure(double value, double? error, string of) =>
        error is { } e ? $"{Number(value)} +- {Number(e)} ({of})" : Number(value);

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
