using System.IO.Compression;
using System.Security.Cryptography;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Where Fashion-MNIST may lie, and how to fetch it; tests put other places in.</summary>
internal sealed class FashionMnistSources
{
    public const string Package = "dataset-fashion-mnist";

    // Of what is in the files: Debian packs the same data with another gzip header.
    private static readonly Dictionary<string, string> PublishedChecksums = new()
    {
        ["train-images-idx3-ubyte.gz"] = "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ["train-labels-idx1-ubyte.gz"] = "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    };

    /// <summary>Where fetched files are put.</summary>
    public string LocalFolder { get; init; } = Path.Combine("datasets", "fashion-mnist");

    /// <summary>Where Debian's package puts them.</summary>
    public string SystemFolder { get; init; } = "/usr/share/datasets/fashion-mnist";

    /// <summary>The data set's public home, with a slash at its end.</summary>
    public string Home { get; init; } = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    /// <summary>By file name, SHA-256 of the unpacked content.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; init; } = PublishedChecksums;

    /// <summary>How long connecting, and every read, may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The programs that fetch and unpack a Debian package.</summary>
    public DebianPackage Debian { get; init; } = new();

    /// <summary>Downloads the training images and labels into the local folder.</summary>
    public void Download(Action<string> report)
    {
        report($"{Home}: downloading the training images (about 26 MB)");
        using var handler = new SocketsHttpHandler { ConnectTimeout = Patience };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var files = Checksums.Keys.ToDictionary(name => name, name => Get(client, Home + name));
        foreach (var (name, bytes) in files)
        {
            Check(name, bytes);
        }
        Store(files);
    }

    /// <summary>Fetches and unpacks Debian's package, without installing it, and copies the files into the local folder.</summary>
    public void Unpack(Action<string> report)
    {
        var files = Debian.Read(Package, Checksums.Keys, report);
        foreach (var (name, bytes) in files)
        {
            Check(name, bytes);
        }
        Store(files);
    }

    private byte[] Get(HttpClient client, string address)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            response.EnsureSuccessStatusCode();
            using var source = response.Content.ReadAsStream(patience.Token);
            using var target = new MemoryStream();
            var buffer = new byte[1 << 16];
            while (true)
            {
                patience.CancelAfter(Patience);
                var read = source.ReadAsync(buffer, patience.Token).AsTask().GetAwaiter().GetResult();
                if (read == 0)
                {
                    return target.ToArray();
                }
                target.Write(buffer, 0, read);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new EdmException(OneLine.Of(error), error);
        }
        catch (OperationCanceledException error)
        {
            throw new EdmException($"no answer within {Patience.TotalSeconds:0} s", error);
        }
    }

    private void Check(string name, byte[] packed)
    {
        string actual;
        try
        {
            using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            actual = Convert.ToHexStringLower(SHA256.HashData(unpacked));
        }
        catch (InvalidDataException)
        {
            throw new EdmException($"{name} is no gzip file or a damaged one");
        }
        if (actual != Checksums[name])
        {
            throw new EdmException($"{name} has another checksum than the published data set");
        }
    }

    private void Store(IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (var (name, bytes) in files)
        {
            AtomicFile.Write(Path.Combine(LocalFolder, name), stream => stream.Write(bytes));
        }
    }
}
