using System.Text;
using IlgpuEdm.Data;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>Folders and zips of images that are damaged or inconsistent.</summary>
[TestClass]
public sealed class ImageCollectionDamageTests
{
    [TestMethod]
    public void TheFirstImageOfAnotherSizeIsNamed()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 40; i++)
        {
            folder.Write(TestData.Png(i, i is 23 or 31 ? 7 : 6), $"{i:00}.png");
        }
        var message = OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "23.png", "7x4", "6x4");
        Assert.IsFalse(message.Contains("31.png", StringComparison.Ordinal), message);
    }

    [TestMethod]
    public void GreyAmongColourIsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Png(0), "a.png");
        folder.Write(TestData.Png(1, channels: 1), "b.png");
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "b.png", "1 channel", "3 channels");
    }

    [TestMethod]
    public void ABrokenImageIsNamed()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 20; i++)
        {
            folder.Write(i == 13 ? TestData.Png(i)[..70] : TestData.Png(i), $"{i:00}.png");
        }
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "13.png", "damaged");
        folder.Write(Encoding.UTF8.GetBytes("not found"), "00.png");
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "00.png", "not a PNG");
    }

    [TestMethod]
    public void AZipCutOffAnywhereIsRefused()
    {
        using var folder = new TemporaryFolder();
        var zip = TestData.Zip(("a.png", TestData.Png(0)), ("b.png", TestData.Png(1)));
        for (var length = 0; length < zip.Length; length += 7)
        {
            var path = folder.Write(zip[..length], "cut.zip");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
        }
    }

    [TestMethod]
    public void FlippedBytesInAZipNeverGiveOtherPixels()
    {
        using var folder = new TemporaryFolder();
        var zip = TestData.Zip(("a.png", TestData.Png(0)), ("b.png", TestData.Png(1)));
        using var whole = Datasets.Open(folder.Write(zip, "whole.zip"));
        for (var i = 0; i < zip.Length; i += 3)
        {
            var bytes = (byte[])zip.Clone();
            bytes[i] ^= 0x08;
            var path = folder.Write(bytes, "flip.zip");
            try
            {
                using var data = Datasets.Open(path);
                for (var k = 0; k < data.Count; k++)
                {
                    // A flip in a name may reorder or hide an image.
                    Assert.IsTrue(
                        data.Image(k).AsSpan().SequenceEqual(whole.Image(0)) || data.Image(k).AsSpan().SequenceEqual(whole.Image(1)),
                        $"image {k} has other pixels after a flip at byte {i}");
                }
            }
            catch (EdmException error)
            {
                Assert.IsFalse(error.Message.Contains('\n'), error.Message);
                Assert.Contains(path, error.Message, "the path is missing");
            }
        }
    }

    [TestMethod]
    public void NoImagesIsExplained()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), folder.Path, "no image");
        var path = folder.Write(TestData.Zip(), "empty.zip");
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "no image");
        path = folder.Write(TestData.Zip(("a.txt", [1])), "text.zip");
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "no image");
    }

    [TestMethod]
    [DataRow("""{"labels":[["a.png",0]]}""", "no label for b.png")]
    [DataRow("""{"labels":[["a.png",0],["b.png",1],["c.png",1]]}""", "c.png")]
    [DataRow("""{"labels":[["a.png",0],["a.png",1],["b.png",1]]}""", "two labels")]
    [DataRow("""{"labels":[["a.png",-1],["b.png",1]]}""", "a.png")]
    [DataRow("""{"labels":[["a.png",1.5],["b.png",1]]}""", "a.png")]
    [DataRow("""{"labels":[["a.png",2000000000],["b.png",1]]}""", "a.png")]
    [DataRow("""{"labels":[["a.png",[0,1]],["b.png",[1]]]}""", "of another kind or length")]
    [DataRow("""{"labels":[["a.png",[0,1]],["b.png",1]]}""", "of another kind or length")]
    [DataRow("""{"labels":[["a.png",[]],["b.png",[]]]}""", "a vector of 0 numbers")]
    [DataRow("""{"labels":[["a.png",[1e39]],["b.png",[1]]]}""", "no finite number")]
    [DataRow("""{"labels":[["a.png"]]}""", "pair")]
    [DataRow("""{"labels":[["\ud800",1]]}""", "not valid text")]
    [DataRow("""{"labels":{"a.png":0,"b.png":1}}""", "neither")]
    [DataRow("""{"label":null}""", "lacks")]
    [DataRow("""[]""", "lacks")]
    [DataRow("""{"labels":[["a.png",0],""", "JSON")]
    public void WrongLabelsAreExplained(string json, string word)
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Png(0), "a.png");
        folder.Write(TestData.Png(1), "b.png");
        folder.Write(Encoding.UTF8.GetBytes(json), "dataset.json");
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "dataset.json", word);
    }

    [TestMethod]
    public void UnknownFilesAndMissingOnesAreExplained()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => Datasets.Open(folder.File("absent")).Dispose(), "absent", "no such file");
        OneClearLine.Of(() => Datasets.Open("").Dispose(), "empty path");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.Png(0), "a.png")).Dispose(), "a.png", "one image");
        OneClearLine.Of(() => Datasets.Open(folder.Write([1, 2, 3], "x")).Dispose(), "x", "known format");
        OneClearLine.Of(() => Datasets.Open(folder.Write([], "e")).Dispose(), "e", "known format");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.Gzip([1, 2, 3]), "x.gz")).Dispose(), "x.gz", "known format");
    }
}
