using System.Globalization;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Metrics;

/// <summary>
/// The features of a classifier that this program trained. They need no download and fit grey images; distances in them compare models of
/// the same data with each other, and with nothing that was published.
/// </summary>
public sealed class ClassifierFeatures : IFeatureNetwork
{
    private ClassifierFeatures(ImageClassifier classifier, string hash)
    {
        Classifier = classifier;
        Hash = hash;
    }

    /// <summary>The classifier, which this owns.</summary>
    public ImageClassifier Classifier { get; }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture,
        $"own classifier of {Classifier.Options.Classes} classes, {Classifier.Options.Width}x{Classifier.Options.Height}");

    /// <inheritdoc/>
    public string Hash { get; }

    /// <inheritdoc/>
    public string Resize => "none";

    /// <inheritdoc/>
    public string DistanceName => "Fréchet distance in own features";

    /// <inheritdoc/>
    public string KernelDistanceName => "kernel distance in own features";

    /// <inheritdoc/>
    public int Length => Classifier.Options.Features;

    /// <summary>Reads a classifier.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="path">A file that <see cref="ImageClassifier.Save"/> wrote.</param>
    /// <returns>The network; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no classifier.</exception>
    public static ClassifierFeatures Load(Device device, string path) => new(ImageClassifier.Load(device, path), FileBytes.Hash(path));

    /// <inheritdoc/>
    public void RequireFit(int height, int width, int channels, string source)
    {
        var options = Classifier.Options;
        if ((height, width, channels) != (options.Height, options.Width, options.ImageChannels))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{source}: images of {width}x{height} with {channels} channels, but the feature network takes ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"{options.Width}x{options.Height} with {options.ImageChannels}; train one on such images with 'fid train-features'"));
        }
    }

    /// <inheritdoc/>
    public float[][] Features(IReadOnlyList<byte[]> images, int height, int width, int channels)
    {
        RequireFit(height, width, channels, "features");
        return Classifier.Features(images);
    }

    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();
}
