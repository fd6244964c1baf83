using IlgpuEdm.Metrics;

namespace IlgpuEdm.Data.Downloads;

/// <summary>A file that can be downloaded.</summary>
/// <param name="Name">Its name, also on disk.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
/// <param name="SumOfContent">Whether the sum is that of what is in the gzip file, which several sources pack differently.</param>
public sealed record DownloadFile(string Name, string Sha256, bool SumOfContent = false);

/// <summary>A data set, or a network's weights, that can be downloaded.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Folder">The folder in that of all data sets which its files go to; empty for that itself.</param>
/// <param name="Homes">Where its files lie, each address with a slash at its end; the first that answers is taken.</param>
/// <param name="Files">Its files.</param>
/// <param name="Size">How much there is to download, in words.</param>
/// <param name="Package">The package of Debian and Ubuntu that holds it too; null where there is none.</param>
/// <param name="IsWeights">Whether it is the weights of a network and no data set.</param>
public sealed record DownloadSet(
    string Name, string Folder, IReadOnlyList<string> Homes, IReadOnlyList<DownloadFile> Files, string Size, string? Package = null,
    bool IsWeights = false);

/// <summary>
/// What can be downloaded, with the checksums of the published files: data sets, and the weights of the network that FID is computed with.
/// </summary>
public static class DatasetCatalog
{
    private const string TrainImages = "train-images-idx3-ubyte.gz";
    private const string TrainLabels = "train-labels-idx1-ubyte.gz";
    private const string TestImages = "t10k-images-idx3-ubyte.gz";
    private const string TestLabels = "t10k-labels-idx1-ubyte.gz";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DownloadSet> All { get; } =
    [
        new("cifar10", "", ["https://www.cs.toronto.edu/~kriz/"],
            [new("cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")], "162 MB"),
        new("fashion-mnist", "fashion-mnist", ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
        [
            new(TrainImages, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", SumOfContent: true),
            new(TrainLabels, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", SumOfContent: true),
            new(TestImages, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", SumOfContent: true),
            new(TestLabels, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", SumOfContent: true),
        ], "30 MB", FashionMnistSources.Package),
        new("mnist", "mnist", ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        [
            new(TrainImages, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            new(TrainLabels, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            new(TestImages, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            new(TestLabels, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ], "12 MB"),
        new("inception", "", ["https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"],
            [new("pt_inception-2015-12-05-6726825d.pth", InceptionNetwork.PublishedHash)], "96 MB", IsWeights: true),
    ];

    /// <summary>What has a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The data set or weights.</returns>
    /// <exception cref="EdmException">There is none of that name; the message lists the names.</exception>
    public static DownloadSet Named(string name) => All.FirstOrDefault(d => d.Name == name)
        ?? throw new EdmException(
            $"'{name}' is nothing that can be downloaded; there are {string.Join(", ", All.Select(d => d.Name))}");
}
