using System.Globalization;
using IlgpuEdm.Data;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Computes the features of images that come in parts, and what is wanted of them: mean and covariance, the features themselves where they
/// are to be kept, and where the feature network is a classifier and the images have labels, how well it recognises them.
/// </summary>
public sealed class FeatureMeasurement
{
    // After each so many, progress is told and a stop heard; no figure depends on it.
    private const int ImagesAtOnce = 64;

    private readonly IFeatureNetwork _network;
    private readonly (int Height, int Width, int Channels) _shape;
    private readonly FeatureAccumulator _sums;
    private readonly List<float[]>? _kept;

    /// <summary>Starts with no image.</summary>
    /// <param name="network">The feature network; it stays the caller's.</param>
    /// <param name="height">Height of the images in pixels.</param>
    /// <param name="width">Width of the images in pixels.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <param name="classes">Number of classes that labels are of; 0 for none.</param>
    /// <param name="source">What to call the images in errors.</param>
    /// <param name="keep">Whether to keep the features of each image.</param>
    /// <exception cref="EdmException">The network does not take such images.</exception>
    public FeatureMeasurement(
        IFeatureNetwork network, int height, int width, int channels, int classes, string source, bool keep)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.RequireFit(height, width, channels, source);
        (_network, _shape, _sums) = (network, (height, width, channels), new FeatureAccumulator(network.Length));
        _kept = keep ? [] : null;
        Recognition = network is ClassifierFeatures own && classes > 0 && classes <= own.Classifier.Options.Classes
            ? new ClassifierEvaluation(own.Classifier.Options.Classes)
            : null;
    }

    /// <summary>How well a classifier recognises the images; null where there is none, or there are no labels for it.</summary>
    public ClassifierEvaluation? Recognition { get; }

    /// <summary>Number of images so far.</summary>
    public long Count => _sums.Count;

    /// <summary>Measures a data set, or some of its images.</summary>
    /// <param name="network">The feature network.</param>
    /// <param name="data">The images.</param>
    /// <param name="count">How many to take; fewer than all are drawn at random.</param>
    /// <param name="seed">Keys the draw.</param>
    /// <param name="keep">Whether to keep the features of each image.</param>
    /// <param name="recognise">Whether to see how well a classifier recognises them, which takes as long again.</param>
    /// <param name="onProgress">Is given the number of images done; null for nobody.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <returns>The measurement, with all images added.</returns>
    /// <exception cref="EdmException">The network does not take such images, or there are fewer than are asked for.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FeatureMeasurement Of(
        IFeatureNetwork network, IImageDataset data, int count, ulong seed, bool keep, bool recognise, Action<int>? onProgress = null,
        CancellationToken stop = default)
    {
        RequireCount(data, count);
        var classes = recognise && !data.HasLabelVectors ? data.LabelDim : 0;
        var measurement = new FeatureMeasurement(network, data.Height, data.Width, data.Channels, classes, data.Source, keep);
        foreach (var indices in RandomSubset.Draw(count, (int)data.Count, seed).Chunk(ImagesAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            var images = Array.ConvertAll(indices, index =>
            {
                var pixels = new byte[data.Height * data.Width * data.Channels];
                data.ReadImage(index, pixels);
                return pixels;
            });
            measurement.Add(images, Array.ConvertAll(indices, index => data.Label(index)));
            onProgress?.Invoke((int)measurement.Count);
        }

        return measurement;
    }

    /// <summary>Refuses to take more images of a set than it has, or fewer than two.</summary>
    /// <param name="data">The images.</param>
    /// <param name="count">How many are asked for.</param>
    /// <exception cref="EdmException">There are fewer than are asked for.</exception>
    public static void RequireCount(IImageDataset data, int count)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (count < 2 || count > data.Count)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{data.Source}: it holds {data.Count} image{(data.Count == 1 ? "" : "s")}, and {Math.Max(count, 2)} are asked for"));
        }
    }

    /// <summary>Adds images.</summary>
    /// <param name="images">Images of 8 bits, each height x width x channels bytes in order.</param>
    /// <param name="labels">The class of each, or what its model was asked for; empty where there are none.</param>
    /// <exception cref="EdmException">A feature is not finite.</exception>
    public void Add(IReadOnlyList<byte[]> images, ReadOnlySpan<int> labels)
    {
        var features = _network.Features(images, _shape.Height, _shape.Width, _shape.Channels);
        _sums.Add(features);
        _kept?.AddRange(features);
        if (Recognition is { } recognition && !labels.IsEmpty)
        {
            recognition.Add(((ClassifierFeatures)_network).Classifier.Predict(images), labels);
        }
    }

    /// <summary>What was measured.</summary>
    /// <param name="images">Name of the images.</param>
    /// <param name="fingerprint">Hash of the images.</param>
    /// <returns>Mean and covariance, where they come from, and the features where they were kept.</returns>
    /// <exception cref="EdmException">There are fewer than two images.</exception>
    public FeatureSet Result(string images, string fingerprint) => new(
        _sums.Statistics(), new FeatureOrigin(_network.Name, _network.Hash, _network.Resize, images, fingerprint), _kept);

    /// <summary>What a subset of a data set is told by: the data set's fingerprint, and which images of it.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="count">How many images of it are taken.</param>
    /// <param name="seed">Keys the draw.</param>
    public static string Fingerprint(IImageDataset data, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        return count == data.Count
            ? data.Fingerprint
            : string.Create(CultureInfo.InvariantCulture, $"{data.Fingerprint}, {count} of {data.Count} by seed {seed}");
    }
}
