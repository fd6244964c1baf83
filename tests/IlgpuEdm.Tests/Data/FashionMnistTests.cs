using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using IlgpuEdm.Data;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>The search for Fashion-MNIST, with stand-ins for its sources.</summary>
[TestClass]
public sealed class FashionMnistTests
{
    private const string Images = "train-images-idx3-ubyte.gz";
    private const string Labels = "train-labels-idx1-ubyte.gz";

    private static readonly byte[] ImageFile = TestData.IdxImages(TestData.Pixels(1, 24), 2, 4, 3);
    private static readonly byte[] LabelFile = TestData.IdxLabels(1, 0);

    private static readonly Dictionary<string, string> Checksums = new()
    {
        [Images] = Convert.ToHexStringLower(SHA256.HashData(ImageFile)),
        [Labels] = Convert.ToHexStringLower(SHA256.HashData(LabelFile)),
    };

    [TestMethod]
    public void TheLocalFolderComesFirstThenTheSystems()
    {
        using var folder = new TemporaryFolder();
        Put(folder, "system");
        Check(folder, Nowhere, "2 images", 2);
        Put(folder, "local");
        var (_, lines) = Check(folder, Nowhere, "local", 2);
        Assert.HasCount(1, lines, "lines");
    }

    [TestMethod]
    public void ADamagedCopyIsReportedAndPassedOver()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Gzip(ImageFile)[..20], "local", Images);
        Put(folder, "system");
        Check(folder, Nowhere, "not usable", 2);
    }

    [TestMethod]
    [Timeout(120_000)]
    public void ADownloadIsCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        using var home = new Server(path => path switch
        {
            "/" + Images => TestData.Gzip(ImageFile),
            "/" + Labels => TestData.Gzip(LabelFile),
            _ => null,
        });
        Check(folder, home.Address, "put into", 2);
        Assert.IsTrue(File.Exists(folder.File("local", Images)) && File.Exists(folder.File("local", Labels)), "kept");
        Check(folder, Nowhere, "local", 2);
    }

    [TestMethod]
    [Timeout(120_000)]
    public void AWrongDownloadIsRefused()
    {
        using var folder = new TemporaryFolder();
        using var wrong = new Server(_ => TestData.Gzip(ImageFile));
        Check(folder, wrong.Address, "another checksum", 10_000);
        using var page = new Server(_ => "please log in"u8.ToArray());
        Check(folder, page.Address, "no gzip file", 10_000);
        using var nothing = new Server(_ => null);
        Check(folder, nothing.Address, "404", 10_000);
        Assert.IsFalse(Directory.Exists(Path.Combine(folder.Path, "local")), "something was kept");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void AServerThatNeverAnswersIsGivenUp()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Check(folder, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", "no answer", 10_000, patience: 1);
    }

    [TestMethod]
    public void AMachineWithoutAnythingGetsShapes()
    {
        using var folder = new TemporaryFolder();
        var (data, lines) = Check(folder, Nowhere, "built-in shapes", 10_000);
        Assert.AreEqual("shapes", data.Name, "name");
        Assert.IsTrue(lines.Exists(l => l.Contains("local: not there", StringComparison.Ordinal)), "local folder");
        Assert.IsTrue(lines.Exists(l => l.Contains("system: not there", StringComparison.Ordinal)), "system folder");
        Assert.IsTrue(lines.Exists(l => l.Contains("Debian package", StringComparison.Ordinal)), "package");
        Assert.IsTrue(lines.TrueForAll(l => !l.Contains('\n')), "lines");
    }

    [TestMethod]
    [Timeout(120_000)]
    [OSCondition(OperatingSystems.Linux)]
    public void APackageIsUnpackedCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        Put(folder, "prepared");
        var prepared = Path.Combine(folder.Path, "prepared");
        var apt = Script(folder, "apt", "touch package.deb");
        var dpkg = Script(folder, "dpkg", $"mkdir -p \"$3/usr/share\" && cp \"{prepared}\"/* \"$3/usr/share\"");
        Check(folder, Nowhere, "put into", 2, new DebianPackage { Apt = apt, Dpkg = dpkg });
        Assert.IsTrue(File.Exists(folder.File("local", Images)), "kept");
    }

    [TestMethod]
    [Timeout(120_000)]
    [OSCondition(OperatingSystems.Linux)]
    public void FailuresOfThePackageToolsAreReported()
    {
        using var folder = new TemporaryFolder();
        var fail = Script(folder, "fail", "echo 'W: hm' >&2; echo 'E: Unable to locate package' >&2; exit 100");
        Check(folder, Nowhere, "E: Unable to locate package", 10_000, new DebianPackage { Apt = fail, Dpkg = fail });
        var nothing = Script(folder, "nothing", "true");
        Check(folder, Nowhere, "left no package", 10_000, new DebianPackage { Apt = nothing, Dpkg = nothing });
        var slow = Script(folder, "slow", "sleep 60");
        var hasty = new DebianPackage { Apt = slow, Dpkg = slow, Patience = TimeSpan.FromSeconds(0.2) };
        Check(folder, Nowhere, "took more than", 10_000, hasty);
    }

    // Port 1 of this machine refuses at once.
    private static string Nowhere => "http://127.0.0.1:1/";

    private static (IImageDataset Data, List<string> Lines) Check(
        TemporaryFolder folder, string home, string word, long count, DebianPackage? debian = null, double patience = 20)
    {
        var lines = new List<string>();
        var sources = new FashionMnistSources
        {
            LocalFolder = Path.Combine(folder.Path, "local"),
            SystemFolder = Path.Combine(folder.Path, "system"),
            Home = home,
            Checksums = Checksums,
            Patience = TimeSpan.FromSeconds(patience),
            Debian = debian ?? new DebianPackage { Apt = "no-such-program", Dpkg = "no-such-program" },
        };
        using var data = FashionMnist.Find(lines.Add, sources);
        Assert.AreEqual(count, data.Count, string.Join(" | ", lines));
        var all = string.Join(" | ", lines);
        Assert.Contains(word, all, all);
        return (data, lines);
    }

    private static void Put(TemporaryFolder folder, string name)
    {
        folder.Write(TestData.Gzip(ImageFile), name, Images);
        folder.Write(TestData.Gzip(LabelFile), name, Labels);
    }

    private static string Script(TemporaryFolder folder, string name, string body)
    {
        var path = folder.File(name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return path;
    }

    /// <summary>A web server on this machine alone.</summary>
    private sealed class Server : IDisposable
    {
        private readonly HttpListener listener = new();

        public Server(Func<string, byte[]?> answer)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            }
            listener.Prefixes.Add(Address);
            listener.Start();
            new Thread(() => Serve(answer)) { IsBackground = true }.Start();
        }

        public string Address { get; }

        public void Dispose() => listener.Close();

        private void Serve(Func<string, byte[]?> answer)
        {
            try
            {
                while (true)
                {
                    var context = listener.GetContext();
                    var bytes = answer(context.Request.Url!.AbsolutePath);
                    context.Response.StatusCode = bytes is null ? 404 : 200;
                    context.Response.OutputStream.Write(bytes ?? []);
                    context.Response.Close();
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener is closed.
            }
        }
    }
}
