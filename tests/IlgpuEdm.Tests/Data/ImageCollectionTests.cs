using IlgpuEdm.Data;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>Folders and zips of images that are in order, and their labels.</summary>
[TestClass]
public sealed class ImageCollectionTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void FolderNamesAreLabels(bool zip)
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(Write(
            folder, zip, ("dog/2.png", TestData.Png(2)), ("cat/9.png", TestData.Png(9)), ("dog/1.png", TestData.Png(1))));
        Assert.AreEqual((3L, 4, 6, 3, 2), (data.Count, data.Height, data.Width, data.Channels, data.LabelDim), "shape");
        var expected = new[] { 9, 1, 2 };
        for (var i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(TestData.Pixels(expected[i], 72), data.Image(i), $"image {i}");
            Assert.AreEqual(i == 0 ? 0 : 1, data.Label(i), $"label {i}");
        }
        Assert.AreEqual("set", data.Name, "name");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LabelsComeFromDatasetJson(bool zip)
    {
        using var folder = new TemporaryFolder();
        var json = """{"labels":[["00000/img00000001.png",6],["00000/img00000000.png",3]]}"""u8.ToArray();
        using var data = Datasets.Open(Write(
            folder, zip, ("00000/img00000000.png", TestData.Png(0)), ("00000/img00000001.png", TestData.Png(1)), ("dataset.json", json)));
        Assert.AreEqual(7, data.LabelDim, "classes");
        Assert.AreEqual((3, 6), (data.Label(0), data.Label(1)), "labels");
    }

    [TestMethod]
    public void NoLabelsWhereThereAreNone()
    {
        using var folder = new TemporaryFolder();
        (string, byte[])[][] sets =
        [
            [("a.png", TestData.Png(0)), ("b.png", TestData.Png(1))],
            [("one/a.png", TestData.Png(0)), ("one/b.png", TestData.Png(1))],
            [("one/a.png", TestData.Png(0)), ("b.png", TestData.Png(1))],
            [("00000/img00000000.png", TestData.Png(0)), ("00001/img00001000.png", TestData.Png(1))],
            [("x/a.png", TestData.Png(0)), ("y/b.png", TestData.Png(1)), ("dataset.json", """{"labels":null}"""u8.ToArray())],
        ];
        for (var i = 0; i < sets.Length; i++)
        {
            using var data = Datasets.Open(folder.Write(TestData.Zip(sets[i]), $"{i}.zip"));
            Assert.AreEqual(0, data.LabelDim, $"classes of set {i}");
            Assert.AreEqual(-1, data.Label(1), $"label in set {i}");
        }
    }

    [TestMethod]
    public void WhatIsNoImageIsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        var path = Write(
            folder,
            false,
            ("a.png", TestData.Png(0)),
            ("notes.txt", [1]),
            (".hidden/b.png", [1]),
            ("__MACOSX/._a.png", [1]),
            ("._a.png", [1]));
        using var data = Datasets.Open(path);
        Assert.AreEqual(1, data.Count, "count");
    }

    [TestMethod]
    public void ImagesWithoutEndingsAreFoundByContent()
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(Write(folder, false, ("a", TestData.Png(0)), ("b", [1, 2, 3]), ("c.data", TestData.Png(1))));
        Assert.AreEqual(2, data.Count, "count");
    }

    [TestMethod]
    public void FormatsMayBeMixed()
    {
        using var folder = new TemporaryFolder();
        using var jpeg = TestPixels.Vips(TestPixels.Smooth(6, 4, 3), 6, 4, 3);
        using var data = Datasets.Open(Write(folder, true, ("a.png", TestData.Png(0)), ("b.JPG", jpeg.JpegsaveBuffer())));
        Assert.AreEqual(2, data.Count, "count");
    }

    [TestMethod]
    public void ManyImagesKeepTheirPlaces()
    {
        using var folder = new TemporaryFolder();
        var files = Enumerable.Range(0, 500).Select(i => ($"{i:00000}.png", TestData.Png(i, 5, 7, 1))).ToArray();
        using var data = Datasets.Open(folder.Write(TestData.Zip(files), "many.zip"));
        for (var i = 0; i < files.Length; i++)
        {
            CollectionAssert.AreEqual(TestData.Pixels(i, 35), data.Image(i), $"image {i}");
        }
    }

    [TestMethod]
    public void TheSampleDataSetReads()
    {
        var samples = Path.Combine(Repository.Root, "datasets", "samples", "shapes");
        using var data = Datasets.Open(samples);
        Assert.AreEqual((16L, 16, 16, 1, 2), (data.Count, data.Height, data.Width, data.Channels, data.LabelDim), "shape");
        Assert.AreEqual((0, 1), (data.Label(0), data.Label(15)), "labels");
        using var shapes = SampleShapes();
        for (var i = 0; i < 16; i++)
        {
            CollectionAssert.AreEqual(shapes.Image(SampleIndex(i)), data.Image(i), $"image {i}");
        }
    }

    // Remakes the committed sample where the shapes change on purpose: dotnet test --filter Name=WriteTheSampleDataSet with the
    // environment variable EDM_WRITE_SAMPLES set.
    [TestMethod]
    public void WriteTheSampleDataSet()
    {
        using var temporary = new TemporaryFolder();
        var target = Environment.GetEnvironmentVariable("EDM_WRITE_SAMPLES") is { Length: > 0 }
            ? Path.Combine(Repository.Root, "datasets", "samples", "shapes")
            : temporary.Path;
        using var shapes = SampleShapes();
        for (var i = 0; i < 16; i++)
        {
            var png = ImageCodec.Default.EncodePng(shapes.Image(SampleIndex(i)), 16, 16, 1);
            AtomicFile.Write(Path.Combine(target, i < 8 ? "circle" : "square", $"{i % 8}.png"), s => s.Write(png));
        }
        using var data = Datasets.Open(target);
        Assert.AreEqual(16, data.Count, "count");
    }

    private static ProceduralShapes SampleShapes() => new(height: 16, width: 16, count: 64);

    // The first eight circles (class 0), then the first eight squares (class 1).
    private static long SampleIndex(int i)
    {
        using var shapes = SampleShapes();
        return Enumerable.Range(0, 64).Where(k => shapes.Label(k) == (i < 8 ? 0 : 1)).ElementAt(i % 8);
    }

    private static string Write(TemporaryFolder folder, bool zip, params (string Name, byte[] Bytes)[] files)
    {
        if (zip)
        {
            return folder.Write(TestData.Zip(files), "set.zip");
        }
        foreach (var (name, bytes) in files)
        {
            folder.Write(bytes, ["set", .. name.Split('/')]);
        }
        return Path.Combine(folder.Path, "set");
    }
}
