using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Metrics;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Cli;

/// <summary>Runs what <c>fid</c> asks for.</summary>
internal static class FidRunner
{
    // Progress of work that is not counted in images.
    private const int Whole = 1000;

    /// <summary>Measures a data set and writes its figures.</summary>
    public static void MakeReference(
        Terminal terminal, DeviceRequest request, string features, string dataPath, string file, int? most, ulong seed, bool keep)
    {
        OutputFile.RequireWritable(file, "ref.npz");
        using IImageDataset data = Datasets.Open(dataPath);
        int count = most ?? Number(data);
        FeatureMeasurement.RequireCount(data, count);
        using Device device = request.Open();
        using IFeatureNetwork network = FeatureNetworks.Open(device, features);
        FeatureSet set = Interruption.Tell("nothing was written", () => Measure(
            new FidDisplay(terminal, quiet: false), "reference", network, data, count, seed, keep, recognise: false).Set);

        // Others who get the file have no use for where the images lay.
        FeatureStatisticsFile.Write(file, set with { Origin = set.Origin! with { Images = data.Name } });
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"'{file}': {set.Statistics.Length:N0} features of {count:N0} images, by {network.Name} ({FeatureOrigin.Short(network.Hash)})"));
    }

    /// <summary>Scores a data set.</summary>
    public static void Score(Terminal terminal, DeviceRequest where, FidRequest request, string imagesPath)
    {
        using IImageDataset data = Datasets.Open(imagesPath);
        int count = request.Number ?? Number(data);
        FeatureMeasurement.RequireCount(data, count);
        using Device device = where.Open();
        Score(terminal, device, request, count,
            network => network.RequireFit(data.Height, data.Width, data.Channels, data.Source),
            (display, network) => Measure(
                display, "images", network, data, count, request.Seed, request.NeedsFeatures, recognise: true));
    }

    /// <summary>Draws images and scores them.</summary>
    public static void Score(Terminal terminal, Device device, FidRequest request, DrawnImages drawn)
    {
        UNetOptions shape = drawn.Network.Network;
        if (drawn.Images.Count < 2)
        {
            throw new EdmException("a score needs at least two images; give more --seeds");
        }

        Score(terminal, device, request, drawn.Images.Count,
            network => network.RequireFit(shape.Height, shape.Width, shape.ImageChannels, drawn.File),
            (display, network) => Measure(display, network, drawn, request.NeedsFeatures, terminal.Stop));
    }

    private static void Score(Terminal terminal, Device device, FidRequest request, int count, Action<IFeatureNetwork> check,
        Func<FidDisplay, IFeatureNetwork, (FeatureSet Set, ClassifierEvaluation? Recognition)> measure)
    {
        using IFeatureNetwork network = FeatureNetworks.Open(device, request.Features);
        check(network);
        using FidReference reference = FidReference.Open(request.Reference, network);
        if (request.NeedsFeatures)
        {
            reference.RequireFeatures(request.Kid ? "--kid" : "--precision-recall");
        }

        using IImageDataset? baseline = request.Baseline is null ? null : FidReference.OpenData(request.Baseline, network);
        int smaller = Math.Min(count, reference.Figures?.Features?.Count ?? Number(reference.Data));
        int subsetSize = request.KidSubsetSize ?? Math.Min(KernelDistance.DefaultSubsetSize, smaller);
        if (request.Kid)
        {
            KernelDistance.RequireSubsets(request.KidSubsets, subsetSize, smaller);
        }

        var display = new FidDisplay(terminal, request.Json);
        Interruption.Tell("there is no score", () =>
        {
            FeatureSet target = reference.Figures ?? Measure(display, "reference", network, reference.Data!, Number(reference.Data),
                seed: 0, request.NeedsFeatures, recognise: false).Set;
            (FeatureSet set, ClassifierEvaluation? recognition) = measure(display, network);
            var report = new FidReport(network, reference, set, target)
            {
                Distance = FrechetDistance.Between(set.Statistics, target.Statistics),
                Kid = request.Kid ? Kid(display, request, subsetSize, target, set, terminal.Stop) : null,
                PrecisionRecall = request.PrecisionRecall ? Precision(display, target, set, terminal.Stop) : null,
                Recognition = recognition,
                Baseline = baseline is null ? null : Baseline(display, request, network, baseline, target, set),
            };
            report.Print(terminal, request.Json);
            return true;
        });
    }

    // As many images as are scored: the distance depends on their number.
    private static FidBaseline Baseline(
        FidDisplay display, FidRequest request, IFeatureNetwork network, IImageDataset data, FeatureSet target, FeatureSet scored)
    {
        int count = (int)Math.Min(scored.Statistics.Count!.Value, data.Count);
        (FeatureSet set, _) = Measure(display, "baseline", network, data, count, request.Seed, keep: false, recognise: false);
        return new FidBaseline(set, FrechetDistance.Between(set.Statistics, target.Statistics));
    }

    private static (FeatureSet Set, ClassifierEvaluation? Recognition) Measure(FidDisplay display, string what, IFeatureNetwork network,
        IImageDataset data, int count, ulong seed, bool keep, bool recognise)
    {
        FeatureMeasurement measurement = display.Count(what, count, onProgress =>
            FeatureMeasurement.Of(network, data, count, seed, keep, recognise, onProgress, display.Stop));
        return (measurement.Result(data.Source, FeatureMeasurement.Fingerprint(data, count, seed)), measurement.Recognition);
    }

    private static (FeatureSet Set, ClassifierEvaluation? Recognition) Measure(
        FidDisplay display, IFeatureNetwork network, DrawnImages drawn, bool keep, CancellationToken stop)
    {
        UNetOptions shape = drawn.Network.Network;
        FeatureMeasurement measurement = display.Count("drawing", drawn.Images.Count, onProgress =>
        {
            var sums = new FeatureMeasurement(
                network, shape.Height, shape.Width, shape.ImageChannels, shape.LabelDim, drawn.File, keep);
            foreach (ImageSeed[] chunk in drawn.Images.Chunk(drawn.Batch))
            {
                byte[][] pixels = ImageSampler.Sample(drawn.Network, chunk, drawn.Options, drawn.Batch, stop);
                sums.Add(pixels, chunk[0].Class is null ? [] : Array.ConvertAll(chunk, image => image.Class!.Value));
                onProgress?.Invoke((int)sums.Count);
            }

            return sums;
        });
        return (measurement.Result(drawn.File, drawn.Fingerprint), measurement.Recognition);
    }

    private static KernelDistanceResult Kid(
        FidDisplay display, FidRequest request, int size, FeatureSet target, FeatureSet set, CancellationToken stop) =>
        display.Count("kernel distance", request.KidSubsets, onProgress => KernelDistance.Between(
            target.Features!, set.Features!, request.KidSubsets, size, request.Seed, onProgress, stop));

    private static PrecisionRecallResult Precision(FidDisplay display, FeatureSet target, FeatureSet set, CancellationToken stop) =>
        display.Count("precision and recall", Whole, onProgress => PrecisionRecall.Measure(target.Features!, set.Features!,
            onProgress: onProgress is null ? null : done => onProgress((int)(Whole * done)), stop: stop));

    private static int Number(IImageDataset? data) => (int)Math.Min(data?.Count ?? int.MaxValue, int.MaxValue);
}
