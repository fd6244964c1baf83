using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Metrics;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>A score with everything that has to be quoted with it.</summary>
internal sealed class FidReport(IFeatureNetwork network, FidReference reference, FeatureSet images, FeatureSet target)
{
    private const string NoOrigin =
        "the reference does not say which feature network it is of, nor how its images were resized; that both are the same here is for you "
        + "to know, only the number of features was checked";

    public required double Distance { get; init; }

    public KernelDistanceResult? Kid { get; init; }

    public PrecisionRecallResult? PrecisionRecall { get; init; }

    public ClassifierEvaluation? Recognition { get; init; }

    /// <summary>What real images score; null where it was not asked for.</summary>
    public FidBaseline? Baseline { get; init; }

    /// <summary>Prints it as rows, or as one line of JSON.</summary>
    public void Print(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(Json(), RunJson.Compact));
            return;
        }

        terminal.Rows(Rows());
        if (target.Origin is null)
        {
            terminal.Line($"note: {NoOrigin}");
        }

        if (Recognition is { } recognition)
        {
            terminal.Line("");
            terminal.Line("how the classifier recognises the images:");
            ClassifierRunner.Print(terminal, recognition, json: false);
        }
    }

    private IEnumerable<(string, string)> Rows()
    {
        yield return (network.DistanceName, Number(Distance));
        if (Baseline is { } real)
        {
            yield return ("of real images", $"{Number(real.Distance)} ({Count(real.Set.Statistics.Count)}: {real.Set.Origin!.Images})");
        }

        if (Kid is { } kid)
        {
            yield return (network.KernelDistanceName, $"{Number(kid.Mean)}, standard deviation {Number(kid.Deviation)} over {kid.Subsets} subsets of "
                + $"{Count(kid.SubsetSize)} images");
        }

        if (PrecisionRecall is { } shares)
        {
            yield return ("precision", $"{Number(shares.Precision)} (k = {shares.Neighbour})");
            yield return ("recall", $"{Number(shares.Recall)} (k = {shares.Neighbour})");
        }

        yield return ("images", $"{Count(images.Statistics.Count)}: {images.Origin!.Images} ({images.Origin.Fingerprint})");
        yield return ("reference", $"{Count(target.Statistics.Count)}: {reference.Path} ({reference.Fingerprint})");
        yield return ("feature network", $"{network.Name} ({FeatureOrigin.Short(network.Hash)})");
        yield return ("resize", network.Resize);
    }

    private Dictionary<string, object?> Json()
    {
        var figures = new Dictionary<string, object?>
        {
            ["distance_name"] = network.DistanceName,
            ["distance"] = Distance,
            ["images"] = new
            {
                Source = images.Origin!.Images,
                images.Statistics.Count,
                images.Origin.Fingerprint,
            },
            ["reference"] = new
            {
                Source = reference.Path,
                target.Statistics.Count,
                reference.Fingerprint,
                FileSha256 = reference.Figures?.FileHash,
            },
            ["feature_network"] = new { network.Name, Sha256 = network.Hash, network.Length, network.Resize },
        };
        if (Baseline is { } real)
        {
            figures["baseline"] = new
            {
                real.Distance,
                Source = real.Set.Origin!.Images,
                real.Set.Statistics.Count,
                real.Set.Origin.Fingerprint,
            };
        }

        if (Kid is { } kid)
        {
            figures["kid"] = new
            {
                Name = network.KernelDistanceName,
                kid.Mean,
                StandardDeviation = double.IsFinite(kid.Deviation) ? kid.Deviation : (double?)null,
                kid.Subsets,
                kid.SubsetSize,
            };
        }

        if (PrecisionRecall is { } shares)
        {
            figures["precision_recall"] = new { shares.Precision, shares.Recall, shares.Neighbour };
        }

        if (Recognition is { } recognition)
        {
            figures["recognition"] = ClassifierRunner.Figures(recognition);
        }

        if (target.Origin is null)
        {
            figures["note"] = NoOrigin;
        }

        return figures;
    }

    private static string Count(long? count) => count is { } n ? n.ToString("N0", CultureInfo.InvariantCulture) : "unknown number";

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G6", CultureInfo.InvariantCulture) : "-";
}

/// <summary>What real images score.</summary>
/// <param name="Set">The images.</param>
/// <param name="Distance">Their distance from the reference.</param>
internal sealed record FidBaseline(FeatureSet Set, double Distance);
