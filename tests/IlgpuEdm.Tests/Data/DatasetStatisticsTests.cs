using IlgpuEdm.Data;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>Statistics and fingerprints of data sets.</summary>
[TestClass]
public sealed class DatasetStatisticsTests
{
    [TestMethod]
    public void MeanAndDeviationAgreeWithTheirDefinition()
    {
        using var folder = new TemporaryFolder();
        var pixels = TestData.Pixels(5, 30 * 7 * 5);
        using var data = Datasets.Open(folder.Write(TestData.IdxImages(pixels, 30, 7, 5), "x"));
        var values = pixels.Select(v => (v / 127.5) - 1).ToArray();
        var mean = values.Average();
        var statistics = DatasetStatistics.Measure(data);
        Assert.AreEqual(statistics with { Mean = 0, StandardDeviation = 0 }, new DatasetStatistics(30, 7, 5, 1, 0, 0, 0), "shape");
        Assert.AreEqual(mean, statistics.Mean, 1e-13, "mean");
        Assert.AreEqual(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), statistics.StandardDeviation, 1e-13, "deviation");
    }

    [TestMethod]
    public void ConstantImagesDeviateByNothing()
    {
        using var folder = new TemporaryFolder();
        using var data = Datasets.Open(folder.Write(TestData.IdxImages(Enumerable.Repeat((byte)255, 12).ToArray(), 3, 2, 2), "x"));
        var statistics = DatasetStatistics.Measure(data);
        Assert.AreEqual(1.0, statistics.Mean, "mean");
        Assert.AreEqual(0.0, statistics.StandardDeviation, "deviation");
    }

    [TestMethod]
    public void FingerprintsTellDataSetsApart()
    {
        using var folder = new TemporaryFolder();
        var pixels = TestData.Pixels(5, 3000);
        string Fingerprint(byte[] bytes, params int[] sizes)
        {
            using var data = Datasets.Open(folder.Write(TestData.IdxImages(bytes, sizes), "train-images-idx3-ubyte"));
            return data.Fingerprint;
        }
        var original = Fingerprint(pixels, 300, 5, 2);
        Assert.AreEqual(16, original.Length, "length");
        Assert.AreEqual(original, Fingerprint(pixels, 300, 5, 2), "the same again");
        Assert.AreNotEqual(original, Fingerprint(pixels, 300, 2, 5), "another shape");
        Assert.AreNotEqual(original, Fingerprint(pixels[..2990], 299, 5, 2), "one image less");
        folder.Write(TestData.IdxLabels(new byte[300]), "train-labels-idx1-ubyte");
        Assert.AreNotEqual(original, Fingerprint(pixels, 300, 5, 2), "with labels");
        folder.Write(TestData.IdxLabels([.. new byte[299], 1]), "train-labels-idx1-ubyte");
        var changed = (byte[])pixels.Clone();
        changed[^1] ^= 1;
        Assert.AreNotEqual(Fingerprint(pixels, 300, 5, 2), Fingerprint(changed, 300, 5, 2), "another last pixel");
    }
}
