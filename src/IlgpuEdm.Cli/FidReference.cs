using IlgpuEdm.Data;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Cli;

/// <summary>What images are compared with: figures from a file, or a data set to be measured. It fits the feature network.</summary>
internal sealed class FidReference : IDisposable
{
    private FidReference(FeatureSet? file, IImageDataset? data) => (File, Data) = (file, data);

    /// <summary>The figures, where they come from a file.</summary>
    public FeatureSet? File { get; }

    /// <summary>The data set, where it is one.</summary>
    public IImageDataset? Data { get; }

    /// <summary>Opens what --ref names and checks that it fits.</summary>
    /// <exception cref="EdmException">It does not, or cannot be read.</exception>
    public static FidReference Open(FidRequest request, IFeatureNetwork network)
    {
        string path = request.Reference;
        if (Path.Exists(path) && FeatureStatisticsFile.IsOne(path))
        {
            FeatureSet set = FeatureStatisticsFile.Read(path);
            Check(set, request, network);
            return new FidReference(set, null);
        }

        return new FidReference(null, OpenData(path, network));
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

    private static void Check(FeatureSet set, FidRequest request, IFeatureNetwork network)
    {
        string path = $"--ref {request.Reference}";
        if (set.Origin is { } origin && origin.NetworkHash != network.Hash)
        {
            throw new EdmException(
                $"{path}: its features are those of another network ({origin.Network}, {FidReport.Short(origin.NetworkHash)}) than "
                + $"--features ({FidReport.Short(network.Hash)}); make it anew with 'fid ref'");
        }

        if (set.Origin is { } resized && resized.Resize != network.Resize)
        {
            throw new EdmException(
                $"{path}: its images became the network's input by another way ({resized.Resize}) than the others will "
                + $"({network.Resize}); make it anew with 'fid ref'");
        }

        if (set.Statistics.Length != network.Length)
        {
            throw new EdmException(
                $"{path}: it has {set.Statistics.Length} features, --features {network.Length}; they are of different networks");
        }

        if (request.NeedsFeatures && set.Features is null)
        {
            string option = request.Kid ? "--kid" : "--precision-recall";
            throw new EdmException(
                $"{path}: {option} needs the features of each image, and it holds mean and covariance alone; give a data set, or a file "
                + "that 'fid ref --keep-features' wrote");
        }
    }
}
