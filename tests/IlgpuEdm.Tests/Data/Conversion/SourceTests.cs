using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Tests.Formats;
using Parquet;

namespace IlgpuEdm.Tests.Data.Conversion;

/// <summary>Every kind of source is converted and read back with identical pixels and labels.</summary>
[TestClass]
public sealed class SourceTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void IdxFiles(bool packed)
    {
        using var folder = new TemporaryFolder();
        var images = TestData.IdxImages(TestData.Pixels(3, 6 * 5 * 4), 6, 5, 4);
        var labels = TestData.IdxLabels(3, 1, 4, 1, 5, 9);
        var ending = packed ? ".gz" : "";
        folder.Write(packed ? TestData.Gzip(images) : images, "idx", "train-images-idx3-ubyte" + ending);
        folder.Write(packed ? TestData.Gzip(labels) : labels, "idx", "train-labels-idx1-ubyte" + ending);
        RoundTrip(folder, Path.Combine(folder.Path, "idx"));
        RoundTrip(folder, folder.File("idx", "train-images-idx3-ubyte" + ending));
    }

    [TestMethod]
    public void Cifar10()
    {
        using var folder = new TemporaryFolder();
        var batch = TestData.CifarBatch(12, 1);
        RoundTrip(folder, folder.Write(batch, "data_batch_1.bin"));
        RoundTrip(folder, folder.Write(TestData.Gzip(TestData.Tar(("cifar-10-batches-bin/data_batch_1.bin", batch))), "c.tar.gz"));
    }

    [TestMethod]
    public void Cifar100()
    {
        using var folder = new TemporaryFolder();
        var file = new byte[5 * 3074];
        new Random(1).NextBytes(file);
        for (var i = 0; i < 5; i++)
        {
            (file[i * 3074], file[(i * 3074) + 1]) = ((byte)(i + 10), (byte)(i + 80));
        }
        var path = folder.Write(file, "cifar-100-binary", "train.bin");
        using var data = Datasets.Open(path);
        Assert.AreEqual((5L, 100, 84), (data.Count, data.LabelDim, data.Label(4)), "images, classes, the last label");
        var pixel = new[] { file[3074 + 2], file[3074 + 2 + 1024], file[3074 + 2 + 2048] };
        CollectionAssert.AreEqual(pixel, data.Image(1)[..3], "a pixel");
        RoundTrip(folder, path);
        RoundTrip(folder, Path.Combine(folder.Path, "cifar-100-binary"));
        RoundTrip(folder, folder.Path);
        RoundTrip(folder, folder.Write(TestData.Gzip(TestData.Tar(
            ("cifar-100-binary/test.bin", file[..3074]), ("cifar-100-binary/train.bin", file))), "h.tar.gz"));
    }

    [TestMethod]
    public void CifarsPythonVersions()
    {
        using var folder = new TemporaryFolder();
        var planes = TestData.Pixels(4, 5 * 3072);
        byte[] first = TestData.CifarPickle(5, 10, "labels", planes), second = TestData.CifarPickle(1, 10, "labels", planes[..3072]);
        var tar = folder.Write(TestData.Gzip(TestData.Tar(("c/data_batch_2", second), ("c/data_batch_1", first))), "py.tar.gz");
        using var data = Datasets.Open(tar);
        Assert.AreEqual((6L, 10, 4, 0), (data.Count, data.LabelDim, data.Label(4), data.Label(5)), "images, classes, labels");
        CollectionAssert.AreEqual(new[] { planes[3072], planes[4096], planes[5120] }, data.Image(1)[..3], "a pixel");
        RoundTrip(folder, tar);
        folder.Write(first, "py", "data_batch_1");
        RoundTrip(folder, Path.Combine(folder.Path, "py"));

        var hundred = TestData.CifarPickle(5, 100, "fine_labels", planes);
        RoundTrip(folder, folder.Write(TestData.Tar(("cifar-100-python/meta", [1]), ("cifar-100-python/train", hundred)), "hundred.tar"));
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, true)]
    public void NumpyArrays(bool channelsFirst, bool vectors)
    {
        using var folder = new TemporaryFolder();
        var pixels = TestData.Pixels(1, 3 * 4 * 6 * 3);
        int[] shape = channelsFirst ? [3, 3, 4, 6] : [3, 4, 6, 3];
        NpzFile.Write(folder.File("x.npz"), new Dictionary<string, NumpyArray>
        {
            ["arr_0"] = NpyFile.Array(pixels, shape),
            ["arr_1"] = vectors ? NpyFile.Array([0.5f, 1, 2, 3, 4, 5], 3, 2) : NpyFile.Array([7L, 0, 3], 3),
        });
        Converting.Run(new ConversionOptions { Source = folder.File("x.npz"), Dest = folder.File("out.zip") });
        using var data = Datasets.Open(folder.File("out.zip"));
        Assert.AreEqual((3L, 4, 6, 3), (data.Count, data.Height, data.Width, data.Channels), "shape");
        var second = pixels[72..144];
        var expected = channelsFirst ? [.. Enumerable.Range(0, 72).Select(i => second[((i % 3) * 24) + (i / 3)])] : second;
        CollectionAssert.AreEqual(expected, data.Image(1), "the second image");
        Assert.AreEqual(vectors ? (2, -1) : (8, 3), (data.LabelDim, data.Label(2)), "labels");
    }

    [TestMethod]
    public void AFolderOfClassesWithFoldersInIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestData.Png(1), "set", "dog", "b", "1.png");
        folder.Write(TestData.Png(2), "set", "dog", "a", "2.png");
        folder.Write(TestData.Png(3), "set", "cat", "3.png");
        RoundTrip(folder, Path.Combine(folder.Path, "set"));
    }

    [TestMethod]
    public void AZipWithLabels()
    {
        using var folder = new TemporaryFolder();
        var json = """{"labels":[["b.png",2],["a.png",5]]}"""u8.ToArray();
        var zip = TestData.Zip(("a.png", TestData.Png(1)), ("b.png", TestData.Png(2)), ("dataset.json", json));
        RoundTrip(folder, folder.Write(zip, "set.zip"));
    }

    [TestMethod]
    public void VectorLabels()
    {
        using var folder = new TemporaryFolder();
        var json = """{"labels":[["a.png",[0.5,-1,1e-7]],["b.png",[0.1,2,3.25]]]}"""u8.ToArray();
        var source = folder.Write(TestData.Zip(("a.png", TestData.Png(1)), ("b.png", TestData.Png(2)), ("dataset.json", json)), "v.zip");
        RoundTrip(folder, source);
        using var data = Datasets.Open(folder.File("out.zip"));
        Assert.AreEqual((3, true, -1), (data.LabelDim, data.HasLabelVectors, data.Label(0)), "kind of labels");
        var label = new float[3];
        data.ReadLabel(0, label);
        CollectionAssert.AreEqual(new[] { 0.5f, -1, 1e-7f }, label, "first label");
        data.ReadLabel(1, label);
        CollectionAssert.AreEqual(new[] { 0.1f, 2, 3.25f }, label, "second label");
    }

    [TestMethod]
    [DataRow(CompressionMethod.None, false)]
    [DataRow(CompressionMethod.Snappy, false)]
    [DataRow(CompressionMethod.Gzip, false)]
    [DataRow(CompressionMethod.Zstd, false)]
    [DataRow(CompressionMethod.Snappy, true)]
    public void AParquetFile(CompressionMethod compression, bool labelsAreRequired)
    {
        using var folder = new TemporaryFolder();
        var images = Enumerable.Range(0, 7).Select(i => TestData.Png(i)).ToArray();
        long?[] labels = [3, 1, 4, 1, 5, 0, 2];
        var source = folder.Write(TestParquet.Write(images, labels, compression, required: labelsAreRequired), "train");
        var result = Converting.Run(new ConversionOptions { Source = source, Dest = folder.File("out.zip") });
        Assert.AreEqual((7L, 6, 4, 3, 6), (result.Images, result.Width, result.Height, result.Channels, result.LabelDim), "result");
        using var data = Datasets.Open(folder.File("out.zip"));
        for (var i = 0; i < 7; i++)
        {
            CollectionAssert.AreEqual(TestData.Pixels(i, 72), data.Image(i), $"image {i}");
            Assert.AreEqual(labels[i], data.Label(i), $"label {i}");
        }
    }

    [TestMethod]
    public void AFolderOfParquetFiles()
    {
        using var folder = new TemporaryFolder();
        folder.Write(TestParquet.Write([TestData.Png(2)], [null]), "hub", "data", "train-00001-of-00002.parquet");
        folder.Write(TestParquet.Write([TestData.Png(0), TestData.Png(1)], [-1, -1]), "hub", "data", "train-00000-of-00002.parquet");
        folder.Write(TestParquet.Write([TestData.Png(9)], [1]), "hub", "data", "test-00000-of-00001.parquet");
        var result = Converting.Run(new ConversionOptions { Source = Path.Combine(folder.Path, "hub"), Dest = folder.File("out.zip") });
        Assert.AreEqual((3L, 0), (result.Images, result.LabelDim), "the training files, without labels");
        using var data = Datasets.Open(folder.File("out.zip"));
        CollectionAssert.AreEqual(TestData.Pixels(2, 72), data.Image(2), "the last image");
    }

    private static void RoundTrip(TemporaryFolder folder, string source)
    {
        var dest = folder.File("out.zip");
        var result = Converting.Run(new ConversionOptions { Source = source, Dest = dest });
        using var expected = Datasets.Open(source);
        using var actual = Datasets.Open(dest);
        Assert.AreEqual(expected.Count, result.Images, "images");
        Converting.AssertSame(expected, actual);
        File.Delete(dest);
        Converting.Run(new ConversionOptions { Source = source, Dest = dest });
    }
}
