using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data.Conversion;

/// <summary>What a conversion does with images on their way.</summary>
[TestClass]
public sealed class ConversionTests
{
    [TestMethod]
    public void TheSameInputGivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 40; i++)
        {
            folder.Write(TestData.Png(i, 9, 9), "set", $"{i % 3}", $"{i:D2}.png");
        }
        var options = Options(folder, "one.zip") with { Width = 5, Height = 7 };
        Converting.Run(options);
        Converting.Run(options with { Dest = folder.File("two.zip") });
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("one.zip")), File.ReadAllBytes(folder.File("two.zip")), "bytes");
        using var zip = System.IO.Compression.ZipFile.OpenRead(folder.File("one.zip"));
        Assert.AreEqual("00000/img00000039.png", zip.Entries[39].FullName, "name of the last image");
        Assert.AreEqual("dataset.json", zip.Entries[40].FullName, "labels");
    }

    [TestMethod]
    public void MixedSizesAreResized()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Png(1, 20, 11), "set", "a.png");
        folder.Write(TestData.Png(2, 8, 30), "set", "b.png");
        folder.Write(TestData.Png(3, 16, 12), "set", "c.png");
        var result = Converting.Run(Options(folder, "out.zip") with { Width = 16, Height = 12 });
        Assert.AreEqual((3L, 16, 12, 3, 0), (result.Images, result.Width, result.Height, result.Channels, result.LabelDim), "result");
        using var data = Datasets.Open(folder.File("out.zip"));
        var expected = LanczosResize.Resize(new DecodedImage(20, 11, 3, TestData.Pixels(1, 660)), 16, 12);
        CollectionAssert.AreEqual(expected.Pixels, data.Image(0), "resized");
        CollectionAssert.AreEqual(TestData.Pixels(3, 576), data.Image(2), "of that size already");
    }

    [TestMethod]
    public void CenterCropTakesTheMiddleInColour()
    {
        using var folder = new TemporaryFolder();
        // Columns 0 to 6, cropped to 1 to 5 by the reference's rounding.
        folder.Write(ImageCodec.Default.EncodePng([.. Enumerable.Range(0, 28).Select(i => (byte)(i % 7))], 7, 4, 1), "set", "a.png");
        Converting.Run(Options(folder, "out.zip") with { Width = 4, Height = 4, Transform = ImageTransform.CenterCrop });
        using var data = Datasets.Open(folder.File("out.zip"));
        CollectionAssert.AreEqual(new byte[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4 }, data.Image(0)[..12], "first row");
        Converting.Run(Options(folder, "wide.zip") with { Width = 6, Height = 4, Transform = ImageTransform.CenterCrop });
        using var wide = Datasets.Open(folder.File("wide.zip"));
        CollectionAssert.AreEqual(new byte[] { 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5 }, wide.Image(0)[..18], "first row");
    }

    [TestMethod]
    public void CenterCropWideLaysOnBlackAndLeavesSmallImagesOut()
    {
        using var folder = new TemporaryFolder();
        folder.Write(ImageCodec.Default.EncodePng([.. Enumerable.Repeat((byte)9, 32)], 8, 4, 1), "set", "a.png");
        folder.Write(TestData.Png(1, 3, 8), "set", "small.png");
        var result = Converting.Run(Options(folder, "out.zip") with { Width = 4, Height = 2, Transform = ImageTransform.CenterCropWide });
        Assert.AreEqual((1L, 1L, 4, 4), (result.Images, result.TooSmall, result.Width, result.Height), "result");
        using var data = Datasets.Open(folder.File("out.zip"));
        var image = data.Image(0);
        CollectionAssert.AreEqual(new byte[] { 0, 9, 9, 0 }, new[] { image[0], image[12], image[24], image[36] }, "one column");
    }

    [TestMethod]
    public void PaddingMakes32Of28()
    {
        using var folder = new TemporaryFolder();
        var pixels = TestData.Pixels(1, 784);
        folder.Write(TestData.IdxImages(pixels, 1, 28, 28), "set", "train-images-idx3-ubyte");
        Converting.Run(Options(folder, "out.zip") with { Pad = true });
        using var data = Datasets.Open(folder.File("out.zip"));
        var image = data.Image(0);
        Assert.AreEqual((32, 32), (data.Width, data.Height), "size");
        CollectionAssert.AreEqual(pixels[28..56], image[(3 * 32 + 2)..(3 * 32 + 30)], "the second row");
        Assert.AreEqual(pixels.Sum(v => v), image.Sum(v => v), "the rest is black");
    }

    [TestMethod]
    public void BrokenImagesAreNamedCountedAndAnError()
    {
        using var folder = new TemporaryFolder();
        var png = TestData.Png(1);
        folder.Write(png, "set", "x", "a.png");
        folder.Write(png[..40], "set", "x", "broken.png");
        folder.Write([], "set", "y", "empty.png");
        folder.Write(TestData.Png(2), "set", "y", "z.png");
        var lines = new List<string>();
        OneClearLine.Of(() => Converting.Run(Options(folder, "out.zip"), lines), "2 of 4 images are broken", "broken.png", "--skip-broken");
        Assert.HasCount(2, lines, "lines");
        StringAssert.Contains(lines[1], "empty.png", "the second");
        Assert.IsFalse(File.Exists(folder.File("out.zip")) || File.Exists(folder.File("out.zip.tmp")), "nothing is written");

        var result = Converting.Run(Options(folder, "out.zip") with { SkipBroken = true });
        Assert.AreEqual((2L, 2L), (result.Images, result.Broken), "images");
        using var data = Datasets.Open(folder.File("out.zip"));
        CollectionAssert.AreEqual(TestData.Pixels(2, 72), data.Image(1), "the second image");
        Assert.AreEqual((0, 1), (data.Label(0), data.Label(1)), "labels");
    }

    [TestMethod]
    public void ABrokenRowOfParquetIsAnImageLikeOthers()
    {
        using var folder = new TemporaryFolder();
        var file = TestParquet.Write([TestData.Png(0), null, [1, 2], null, TestData.Png(4)], [0, 1, 2, 3, 4], rowsInGroup: 5);
        folder.Write(file, "set", "a.parquet");
        var lines = new List<string>();
        var result = Converting.Run(Options(folder, "out.zip") with { SkipBroken = true }, lines);
        Assert.AreEqual((2L, 3L), (result.Images, result.Broken), "images");
        using var data = Datasets.Open(folder.File("out.zip"));
        CollectionAssert.AreEqual(TestData.Pixels(4, 72), data.Image(1), "the last image");
        Assert.AreEqual(4, data.Label(1), "its label");
        StringAssert.Contains(lines[0], "row 2: holds no image", "the first");
        StringAssert.Contains(lines[1], "row 3: not a PNG", "the second");
    }

    [TestMethod]
    public void OnlySoManyImagesAsAskedFor()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 30; i++)
        {
            folder.Write(i < 10 ? TestData.Png(i) : [], "set", $"{i:D2}.png");
        }
        Assert.AreEqual(10, Converting.Run(Options(folder, "out.zip") with { MaxImages = 10 }).Images, "images");
    }

    [TestMethod]
    public void WhatDoesNotGoTogetherIsOneLine()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Png(1), "set", "a.png");
        var options = Options(folder, "out.zip");
        OneClearLine.Of(() => Converting.Run(options with { Transform = ImageTransform.CenterCrop }), "--transform", "--resolution");
        OneClearLine.Of(() => Converting.Run(options with { Width = 4 }), "--resolution");
        OneClearLine.Of(() => Converting.Run(options with { Width = 4, Height = 4, Pad = true }), "--pad");
        OneClearLine.Of(() => Converting.Run(options with { Pad = true }), "a.png", "--pad takes 28x28");
        OneClearLine.Of(() => Converting.Run(options with { MaxImages = 0 }), "--max-images");
        OneClearLine.Of(() => Converting.Run(options with { Dest = options.Source }), "--dest", "the source itself");
        OneClearLine.Of(() => Converting.Run(options with { Source = folder.File("no") }), "--source", "no such file");
        folder.Write(TestData.Png(2, 7, 7), "set", "b.png");
        OneClearLine.Of(() => Converting.Run(options), "b.png", "7x7", "6x4", "--resolution");
        folder.Write(TestData.Png(2, 6, 4, 1), "set", "aa.png");
        OneClearLine.Of(() => Converting.Run(options), "aa.png", "1 channel", "makes all of them colour");
        var wide = options with { Width = 99, Height = 99, Transform = ImageTransform.CenterCropWide };
        OneClearLine.Of(() => Converting.Run(wide), "no image is left", "too small");
        var empty = options with { Source = Path.GetDirectoryName(folder.File("none", "x"))! };
        OneClearLine.Of(() => Converting.Run(empty), "contains no image");
    }

    private static ConversionOptions Options(TemporaryFolder folder, string dest) =>
        new() { Source = Path.Combine(folder.Path, "set"), Dest = folder.File(dest) };
}
