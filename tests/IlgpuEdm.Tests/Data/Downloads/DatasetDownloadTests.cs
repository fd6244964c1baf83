using System.Security.Cryptography;
using IlgpuEdm.Data;
using IlgpuEdm.Data.Downloads;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data.Downloads;

/// <summary>Downloads from a server on this machine.</summary>
[TestClass]
public sealed class DatasetDownloadTests
{
    private static readonly byte[] First = TestData.Pixels(1, 300_000);
    private static readonly byte[] Second = TestData.Pixels(2, 1000);

    [TestMethod]
    [Timeout(120_000)]
    public void FilesComeAreCheckedAndKept()
    {
        using var folder = new TemporaryFolder();
        using var server = Server();
        var lines = new List<string>();
        long told = 0;
        var set = Set(server.Address);
        var path = Download().Run(set, folder.Path, lines.Add, (name, done, all) => told = name == "a.bin" ? all!.Value : told);
        Assert.AreEqual(Path.Combine(folder.Path, "two"), path, "folder");
        CollectionAssert.AreEqual(First, File.ReadAllBytes(folder.File("two", "a.bin")), "the first");
        CollectionAssert.AreEqual(TestData.Gzip(Second), File.ReadAllBytes(folder.File("two", "b.gz")), "the second");
        Assert.AreEqual(300_000, told, "progress");
        Download().Run(set, folder.Path, lines.Add);
        Assert.AreEqual(2, server.Requests, "nothing is fetched twice");
        Assert.HasCount(2, Directory.GetFiles(Path.Combine(folder.Path, "two")), "no parts stay");
    }

    [TestMethod]
    [Timeout(120_000)]
    [DataRow(true)]
    [DataRow(false)]
    public void WhatBrokeOffGoesOn(bool knowsRanges)
    {
        using var folder = new TemporaryFolder();
        using var server = Server(knowsRanges);
        server.BreakAfter = 200_000;
        OneClearLine.Of(() => Download().Run(Set(server.Address), folder.Path, _ => { }), "broke off", "a.bin");
        var part = new FileInfo(folder.File("two", "a.bin.part"));
        Assert.IsTrue(part.Exists && part.Length is > 0 and <= 200_000, "what has come stays");
        server.BreakAfter = null;
        Download().Run(Set(server.Address), folder.Path, _ => { });
        CollectionAssert.AreEqual(First, File.ReadAllBytes(folder.File("two", "a.bin")), "content");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void PartsThatDoNotFitAreFetchedAnew()
    {
        using var folder = new TemporaryFolder();
        using var server = Server();
        folder.Write([1, 2, 3], "two", "a.bin.part");
        folder.Write(new byte[5000], "two", "b.gz.part");
        Download().Run(Set(server.Address), folder.Path, _ => { });
        CollectionAssert.AreEqual(First, File.ReadAllBytes(folder.File("two", "a.bin")), "the first");
        Assert.IsTrue(File.Exists(folder.File("two", "b.gz")), "the second, whose part was too long");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void WrongContentIsRefused()
    {
        using var folder = new TemporaryFolder();
        using var server = new RangeServer(new() { ["a.bin"] = Second, ["b.gz"] = "please log in"u8.ToArray() });
        OneClearLine.Of(() => Download().Run(Set(server.Address), folder.Path, _ => { }), "a.bin has another checksum");
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(folder.Path, "two")), "nothing is kept");
        folder.Write(Second, "two", "a.bin");
        OneClearLine.Of(() => Download().Run(Set(server.Address), folder.Path, _ => { }), "a.bin: has another checksum", "remove it");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void WithoutANetworkItSaysWhichFileToPutWhere()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(
            () => Download().Run(Set("http://127.0.0.1:9/"), folder.Path, _ => { }),
            "two: cannot be downloaded", "get a.bin, b.gz", "from http://127.0.0.1:9/", Path.Combine(folder.Path, "two"),
            "run this command again");
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(folder.Path, "two")), "nothing stays where nothing came");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void TheNextHomeIsTried()
    {
        using var folder = new TemporaryFolder();
        using var server = Server();
        Download().Run(Set("http://127.0.0.1:9/", server.Address), folder.Path, _ => { });
        Assert.IsTrue(File.Exists(folder.File("two", "a.bin")), "from the second home");
    }

    [TestMethod]
    public void TheCatalogueIsInOrder()
    {
        string[] names = ["cifar10", "fashion-mnist", "mnist", "inception"];
        CollectionAssert.AreEqual(names, DatasetCatalog.All.Select(d => d.Name).ToArray(), "names");
        var weights = DatasetCatalog.All.Single(d => d.IsWeights).Files.Single();
        StringAssert.EndsWith(weights.Name, $"-{weights.Sha256[..8]}.pth", "the name carries the checksum's first digits");
        foreach (var file in DatasetCatalog.All.SelectMany(d => d.Files))
        {
            Assert.HasCount(32, Convert.FromHexString(file.Sha256), file.Name);
        }
        OneClearLine.Of(() => DatasetCatalog.Named("imagenet"), "'imagenet'", "cifar10, fashion-mnist, mnist");
    }

    [TestMethod]
    [Timeout(120_000)]
    public void ASetOfOneFileIsThatFileAndItsWholeChecksumCounts()
    {
        using var folder = new TemporaryFolder();
        using var server = Server();
        var path = Download().Run(Set(Sum(First)), folder.Path, _ => { });
        Assert.AreEqual(folder.File("a.bin"), path, "the file");
        CollectionAssert.AreEqual(First, File.ReadAllBytes(path), "its content");
        Download().Run(Set(Sum(First)), folder.Path, _ => { });
        Assert.AreEqual(1, server.Requests, "what is there and right is kept");
        var lastDigit = Sum(First)[^1] == '0' ? '1' : '0';
        var almost = Set(Sum(First)[..^1] + lastDigit);
        OneClearLine.Of(() => Download().Run(almost, folder.Path, _ => { }), "a.bin: has another checksum", "remove it");
        File.Delete(path);
        OneClearLine.Of(() => Download().Run(almost, folder.Path, _ => { }), "a.bin has another checksum");
        Assert.IsFalse(File.Exists(path), "another file is not kept");

        DownloadSet Set(string sum) => new("one", "", [server.Address], [new("a.bin", sum)], "1 MB", IsWeights: true);
    }

    private static DatasetDownload Download() => new() { Patience = TimeSpan.FromSeconds(20) };

    private static RangeServer Server(bool knowsRanges = true) =>
        new(new() { ["a.bin"] = First, ["b.gz"] = TestData.Gzip(Second) }) { KnowsRanges = knowsRanges };

    private static DownloadSet Set(params string[] homes) => new("two", "two", homes,
        [new("a.bin", Sum(First)), new("b.gz", Sum(Second), SumOfContent: true)], "1 MB");

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
