using IlgpuEdm.Data;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>MNIST-style IDX files, in order and damaged.</summary>
[TestClass]
public sealed class IdxReaderTests
{
    private const string Images = "train-images-idx3-ubyte";
    private const string Labels = "train-labels-idx1-ubyte";

    private static readonly byte[] Pixels = TestData.Pixels(3, 5 * 4 * 3);
    private static readonly byte[] ImageFile = TestData.IdxImages(Pixels, 5, 4, 3);
    private static readonly byte[] LabelFile = TestData.IdxLabels(1, 0, 6, 2, 2);

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void ImagesAndLabelsAreRead(bool packedImages, bool packedLabels)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, ImageFile, LabelFile, packedImages, packedLabels);
        using var data = Datasets.Open(path);
        Assert.AreEqual(5, data.Count, "count");
        Assert.AreEqual((4, 3, 1, 7), (data.Height, data.Width, data.Channels, data.LabelDim), "shape");
        CollectionAssert.AreEqual(Pixels[24..36], data.Image(2), "image 2");
        CollectionAssert.AreEqual(new[] { 1, 0, 6, 2, 2 }, Enumerable.Range(0, 5).Select(i => data.Label(i)).ToArray(), "labels");
        Assert.AreEqual(Path.GetFullPath(path), data.Source, "source");
        Assert.AreEqual(Path.GetFileName(folder.Path), data.Name, "name");
    }

    [TestMethod]
    public void AFolderMeansItsTrainPair()
    {
        using var folder = new TemporaryFolder();
        Write(folder, ImageFile, LabelFile, true, true);
        folder.Write(TestData.IdxImages(Pixels, 3, 5, 4), "t10k-images-idx3-ubyte");
        folder.Write(TestData.IdxLabels(0, 0, 0), "t10k-labels-idx1-ubyte");
        using var data = Datasets.Open(folder.Path);
        Assert.AreEqual(5, data.Count, "count");
        Assert.AreEqual(7, data.LabelDim, "classes");
    }

    [TestMethod]
    public void AnyNameIsRecognisedByContentAndNeedsNoLabels()
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(folder.Write(TestData.Gzip(ImageFile), "anything.dat"));
        Assert.AreEqual(0, data.LabelDim, "classes");
        Assert.AreEqual(-1, data.Label(0), "label");
        using var sameFolder = Datasets.Open(folder.Path);
        Assert.AreEqual(data.Fingerprint, sameFolder.Fingerprint, "the folder holds that file alone");
    }

    [TestMethod]
    public void FourSizesMeanChannels()
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(folder.Write(TestData.IdxImages(Pixels, 2, 5, 2, 3), "colour"));
        Assert.AreEqual((2L, 5, 2, 3), (data.Count, data.Height, data.Width, data.Channels), "shape");
        CollectionAssert.AreEqual(Pixels[30..], data.Image(1), "image 1");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TruncatedImagesAreFound(bool packed)
    {
        using var folder = new TemporaryFolder();
        var whole = packed ? TestData.Gzip(ImageFile) : ImageFile;
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write(whole[..length], Images + (packed ? ".gz" : ""));
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
            OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), path);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TruncatedLabelsAreFound(bool packed)
    {
        using var folder = new TemporaryFolder();
        var whole = packed ? TestData.Gzip(LabelFile) : LabelFile;
        var path = folder.Write(ImageFile, Images);
        for (var length = 0; length < whole.Length; length++)
        {
            folder.Write(whole[..length], Labels + (packed ? ".gz" : ""));
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), Labels);
        }
    }

    [TestMethod]
    public void AFlippedByteInGzipIsFound()
    {
        using var folder = new TemporaryFolder();
        var whole = TestData.Gzip(ImageFile);
        // The ten bytes of gzip's own header hold nothing that matters.
        for (var i = 10; i < whole.Length; i++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[i] ^= 0x04;
            var path = folder.Write(bytes, Images + ".gz");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
        }
    }

    [TestMethod]
    public void WrongMagicNumbersAreNamed()
    {
        using var folder = new TemporaryFolder();
        var wrong = (byte[])ImageFile.Clone();
        wrong[3] = 9;
        var path = folder.Write(wrong, Images);
        folder.Write(TestData.IdxImages(Pixels, 5, 4, 3), "t10k-images-idx3-ubyte");
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "0x00000809");
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), path, "0x00000809");
        folder.Write(ImageFile, Images);
        folder.Write(ImageFile, Labels);
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), Labels, "0x00000803");
    }

    [TestMethod]
    public void AnotherNumberOfLabelsIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, ImageFile, TestData.IdxLabels(1, 2, 3, 4), false, false);
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), Labels, "4 labels", "5 images");
    }

    [TestMethod]
    public void BytesBehindTheEndAndSenselessSizesAreRefused()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => Datasets.Open(folder.Write([.. ImageFile, 1], "long")).Dispose(), "more bytes follow");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.IdxImages([], 0, 4, 3), "none")).Dispose(), "0 images");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.IdxImages([], 5, 0, 3), "flat")).Dispose(), "3x0");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.IdxImages([], 5, -1, 3), "huge")).Dispose(), "3x4294967295");
        OneClearLine.Of(() => Datasets.Open(folder.Write(TestData.IdxImages(Pixels, -1, 4, 3), "many")).Dispose(), "truncated");
    }

    [TestMethod]
    public void SeveralCandidatesAndLabelsAloneAreExplained()
    {
        using var folder = new TemporaryFolder();
        folder.Write(ImageFile, "a-images-idx3-ubyte");
        folder.Write(ImageFile, "b-images-idx3-ubyte");
        OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), "several", "a-images", "b-images");
        OneClearLine.Of(() => Datasets.Open(folder.Write(LabelFile, "y")).Dispose(), "labels");
    }

    private static string Write(TemporaryFolder folder, byte[] images, byte[] labels, bool packedImages, bool packedLabels)
    {
        folder.Write(packedLabels ? TestData.Gzip(labels) : labels, Labels + (packedLabels ? ".gz" : ""));
        return folder.Write(packedImages ? TestData.Gzip(images) : images, Images + (packedImages ? ".gz" : ""));
    }
}
