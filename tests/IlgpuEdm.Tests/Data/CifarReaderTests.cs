using IlgpuEdm.Data;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>CIFAR-10's binary version: files and archives in its layout, in order and damaged.</summary>
[TestClass]
public sealed class CifarReaderTests
{
    private static readonly byte[] First = TestData.CifarBatch(7, 1);
    private static readonly byte[] Second = TestData.CifarBatch(5, 2);

    // Found by fuzzing: a length that no number holds, which .NET's reader lets out as an OverflowException.
    [TestMethod]
    public void ALengthBeyondAllNumbersIsDamage()
    {
        using var folder = new TemporaryFolder();
        var tar = TestData.Tar(("x/data_batch_1.bin", TestData.CifarBatch(1, 1)));
        tar[124] = 0x80;
        tar.AsSpan(125, 11).Fill(0xff);
        var path = folder.Write(tar, "x.tar");
        OneClearLine.Of(() => Datasets.Open(path), path, "truncated or damaged");
    }

    [TestMethod]
    [DataRow("folder")]
    [DataRow("inner folder")]
    [DataRow("tar.gz")]
    [DataRow("tar")]
    public void BatchesAreReadInTheOrderOfTheirNumbers(string form)
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(Write(folder, form, First, Second));
        Assert.AreEqual((12L, 32, 32, 3, 10), (data.Count, data.Height, data.Width, data.Channels, data.LabelDim), form);
        CheckImage(data, 0, First, 0);
        CheckImage(data, 6, First, 6);
        CheckImage(data, 7, Second, 0);
        CheckImage(data, 11, Second, 4);
    }

    [TestMethod]
    public void EveryFormHasTheSameFingerprint()
    {
        using var folder = new TemporaryFolder();
        using var files = Datasets.Open(Write(folder, "folder", First, Second));
        using var archive = Datasets.Open(Write(folder, "tar.gz", First, Second));
        using var other = Datasets.Open(Write(folder, "tar", Second, First));
        Assert.AreEqual(files.Fingerprint, archive.Fingerprint, "folder and archive");
        Assert.AreNotEqual(files.Fingerprint, other.Fingerprint, "batches exchanged");
    }

    [TestMethod]
    public void OneFileIsRecognisedByContent()
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(folder.Write(First, "some.bin"));
        Assert.AreEqual(7, data.Count, "count");
        Assert.AreEqual("some", data.Name, "name");
        CheckImage(data, 3, First, 3);
    }

    [TestMethod]
    public void TruncatedBatchesAreFound()
    {
        using var folder = new TemporaryFolder();
        foreach (var length in new[] { 0, 1, 3072, 3074, First.Length - 1 })
        {
            var path = folder.Write(First[..length], "data_batch_1.bin");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "3073");
            OneClearLine.Of(() => Datasets.Open(folder.Path).Dispose(), path, "3073");
        }
    }

    [TestMethod]
    public void ALabelBeyondNineIsFound()
    {
        using var folder = new TemporaryFolder();
        var bytes = (byte[])First.Clone();
        bytes[2 * TestData.CifarRecordBytes] = 10;
        OneClearLine.Of(() => Datasets.Open(folder.Write(bytes, "data_batch_1.bin")).Dispose(), "data_batch_1.bin", "record 3", "label 10");
    }

    [TestMethod]
    public void TruncatedArchivesAreFound()
    {
        using var folder = new TemporaryFolder();
        var packed = File.ReadAllBytes(Write(folder, "tar.gz", First, Second));
        foreach (var length in Enumerable.Range(1, 19).Select(i => packed.Length * i / 20).Append(packed.Length - 1).Append(20))
        {
            var path = folder.Write(packed[..length], "cut.tar.gz");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
        }
        var plain = File.ReadAllBytes(Write(folder, "tar", First, Second));
        foreach (var length in new[] { 600, 5000, First.Length, First.Length + 1600 })
        {
            var path = folder.Write(plain[..length], "cut.tar");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
        }
    }

    [TestMethod]
    public void FlippedBytesInArchivesAreFound()
    {
        using var folder = new TemporaryFolder();
        var packed = File.ReadAllBytes(Write(folder, "tar.gz", First, Second));
        for (var i = 10; i < packed.Length; i += packed.Length / 50)
        {
            var bytes = (byte[])packed.Clone();
            bytes[i] ^= 0x40;
            var path = folder.Write(bytes, "flip.tar.gz");
            OneClearLine.Of(() => Datasets.Open(path).Dispose(), path);
        }
    }

    [TestMethod]
    public void OtherArchivesAreExplained()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(TestData.Gzip(TestData.Tar(("a.png", TestData.Png(1)))), "images.tar.gz");
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "data_batch");
        path = folder.Write(TestData.Tar(("x/data_batch_1.bin", First[..100])), "short.tar");
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "data_batch_1.bin", "3073");
    }

    private static string Write(TemporaryFolder folder, string form, byte[] first, byte[] second)
    {
        const string inner = "cifar-10-batches-bin";
        var tar = TestData.Tar(
            ($"{inner}/data_batch_10.bin", second),
            ($"{inner}/batches.meta.txt", "airplane"u8.ToArray()),
            ($"{inner}/data_batch_2.bin", first),
            ($"{inner}/test_batch.bin", second));
        switch (form)
        {
            case "tar":
                return folder.Write(tar, "cifar-10-binary.tar");
            case "tar.gz":
                return folder.Write(TestData.Gzip(tar), "cifar-10-binary.tar.gz");
            default:
                string[] parts = form == "folder" ? ["cifar"] : ["cifar", inner];
                folder.Write(second, [.. parts, "data_batch_10.bin"]);
                folder.Write(first, [.. parts, "data_batch_2.bin"]);
                folder.Write(second, [.. parts, "test_batch.bin"]);
                return Path.Combine(folder.Path, "cifar");
        }
    }

    private static void CheckImage(IImageDataset data, int index, byte[] batch, int record)
    {
        var bytes = batch.AsSpan(record * TestData.CifarRecordBytes, TestData.CifarRecordBytes);
        Assert.AreEqual(bytes[0], data.Label(index), $"label {index}");
        var image = data.Image(index);
        for (var p = 0; p < 1024; p++)
        {
            for (var c = 0; c < 3; c++)
            {
                Assert.AreEqual(bytes[1 + (c * 1024) + p], image[(p * 3) + c], $"image {index}, pixel {p}, channel {c}");
            }
        }
    }
}
