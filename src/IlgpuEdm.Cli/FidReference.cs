using IlgpuEdm.Data;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Cli;

/// <summary>What images are compared with: figures from a file, or a data set to be measured. It fits the feature network.</summary>
internal sealed class FidReference : IDisposable
{
    private readonly string option;

    private FidReference(string option, string path, FeatureSet? figures, IImageDataset? data)
    {
        this.option = option;
        (Path, Figures, Data) = (path, figures, data);
    }

    /// <summary>What the user named.</summary>
    public string Path { get; }

    /// <summary>The figures, where they come from a file.</summary>
    public FeatureSet? Figures { get; }

    /// <summary>The data set, where it is one.</summary>
    public IImageDataset? Data { get; }

    /// <summary>What tells the reference from others: the fingerprint of its images, or where a file does not say, of the file.</summary>
    public string Fingerprint => Data?.Fingerprint ?? Figures!.Origin?.Fingerprint ?? $"file {FeatureOrigin.Short(Figures.FileHash!)}";

    /// <summary>Opens what a user named and checks that it fits.</summary>
    /// <param name="path">A file of figures, or a data set.</param>
    /// <param name="network">The feature network.</param>
    /// <param name="option">The option that names it, for errors.</param>
    /// <param name="networkOption">The option that names the feature network.</param>
    /// <exception cref="EdmException">It does not fit, or cannot be read.</exception>
    public static FidReference Open(
        string path, IFeatureNetwork network, string option = "--ref", string networkOption = "--features")
    {
        if (!System.IO.Path.Exists(path) || !FeatureStatisticsFile.IsOne(path))
        {
            return new FidReference(option, path, null, OpenData(path, network));
        }

        FeatureSet figures = FeatureStatisticsFile.Read(path);
        Check(figures, $"{option} {path}", network, networkOption);
        return new FidReference(option, path, figures, null);
    }

    /// <summary>Checks that there is more than mean and covariance.</summary>
    /// <param name="purpose">The option that needs it.</param>
    /// <exception cref="EdmException">There is not.</exception>
    public void RequireFeatures(string purpose)
    {
        if (Figures is { Features: null })
        {
            throw new EdmException(
                $"{option} {Path}: {purpose} needs the features of each image, and it holds mean and covariance alone; give a data set, or a "
                + "file that 'fid ref --keep-features' wrote");
        }
    }

    /// <summary>Opens a data set and checks that it fits.</summary>
    /// <exception cref="EdmException">It does not, or cannot be read.</exception>
    public static IImageDataset OpenData(string path, IFeatureNetwork network)
    {
        IImageDataset data = Datasets.Open(path);
        try
        {
            FeatureMeasurement.RequireCount(data, (int)Math.Min(data.Count, int.MaxValue));
            network.RequireFit(data.Height, data.Width, data.Channels, data.Source);
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    public void Dispose() => Data?.Dispose();

    private static void Check(FeatureSet set, string named, IFeatureNetwork network, string networkOption)
    {
        if (set.Origin is { } origin && origin.NetworkHash != network.Hash)
        {
            throw new EdmException(
                $"{named}: its features are those of another network ({origin.Network}, {FeatureOrigin.Short(origin.NetworkHash)}) than "
                + $"{networkOption} ({FeatureOrigin.Short(network.Hash)}); make it anew with 'fid ref'");
        }

        if (set.Origin is { } resized && resized.Resize != network.Resize)
        {
            throw new EdmException(
                $"{named}: its images became the network's input by another way ({resized.Resize}) than the others will "
                + $"({network.Resize}); make it anew with 'fid ref'");
        }

        if (set.Statistics.Length != network.Length)
        {
            throw new EdmException(
                $"{named}: it has {set.Statistics.Length} features, {networkOption} {network.Length}; they are of different networks");
        }
    }
}
