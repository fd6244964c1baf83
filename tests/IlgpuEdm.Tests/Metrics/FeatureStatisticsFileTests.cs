using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Files of mean and covariance: our own, others', and damaged ones.</summary>
[TestClass]
public class FeatureStatisticsFileTests
{
    private static readonly FeatureOrigin _origin = new("a network", "0123abcd", "none", "shapes", "f00d");

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void What_is_written_is_read(bool keep)
    {
        using var temp = new TemporaryFolder();
        var rows = RandomFeatures.Rows(20, 5);
        var path = temp.File("ref.npz");
        FeatureStatisticsFile.Write(path, new FeatureSet(Statistics(rows), _origin, keep ? rows : null));
        var read = FeatureStatisticsFile.Read(path);
        CollectionAssert.AreEqual(Statistics(rows).Mean, read.Statistics.Mean, "mean");
        CollectionAssert.AreEqual(Statistics(rows).Covariance, read.Statistics.Covariance, "covariance");
        Assert.AreEqual(20, read.Statistics.Count, "count");
        Assert.AreEqual(_origin, read.Origin, "origin");
        Assert.AreEqual(keep, read.Features is not null, "features");
        if (keep)
        {
            CollectionAssert.AreEqual(rows.SelectMany(r => r).ToArray(), read.Features!.SelectMany(r => r).ToArray(), "features");
        }

        var bytes = File.ReadAllBytes(path);
        FeatureStatisticsFile.Write(path, new FeatureSet(Statistics(rows), _origin, keep ? rows : null));
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(path), "the same figures, the same bytes");
        Assert.IsTrue(FeatureStatisticsFile.IsOne(path), "it is one");
        Assert.IsFalse(FeatureStatisticsFile.IsOne(temp.Path), "a folder is none");
        Assert.IsFalse(FeatureStatisticsFile.IsOne(temp.Write([1, 2], "x")), "nor is anything else");
    }

    [TestMethod]
    public void A_file_of_mean_and_covariance_alone_is_read_in_either_precision()
    {
        using var temp = new TemporaryFolder();
        var path = temp.File("fid.npz");
        Write(path, ("mu", NpyFile.Array([1f, 2f], 2)), ("sigma", NpyFile.Array([4f, 1f, 1f, 9f], 2, 2)));
        var read = FeatureStatisticsFile.Read(path);
        CollectionAssert.AreEqual(new double[] { 4, 1, 1, 9 }, read.Statistics.Covariance, "float32");
        Assert.IsNull(read.Statistics.Count, "count");
        Assert.IsNull(read.Origin, "origin");

        // Sums that were not made symmetric differ in the last digits.
        Write(path, ("sigma", NpyFile.Array([4.0, 1 + 1e-9, 1, 9], 2, 2)), ("mu", NpyFile.Array([1.0, 2.0], 2)));
        CollectionAssert.AreEqual(
            new[] { 4, 1 + 0.5e-9, 1 + 0.5e-9, 9 }, FeatureStatisticsFile.Read(path).Statistics.Covariance, "float64");
    }

    [TestMethod]
    public void What_cannot_be_right_is_one_line()
    {
        var mu = ("mu", NpyFile.Array([1.0, 2.0], 2));
        var sigma = ("sigma", NpyFile.Array([4.0, 1, 1, 9], 2, 2));
        Refused(["no array 'mu'"], sigma);
        Refused(["no array 'sigma'"], mu);
        Refused(["'sigma'", "[1,4]", "[2,2]"], mu, ("sigma", NpyFile.Array([4.0, 1, 1, 9], 1, 4)));
        Refused(["'mu'", "1 dimension"], ("mu", NpyFile.Array([1.0, 2.0], 1, 2)), sigma);
        Refused(["'mu'", "1 dimension"], ("mu", NpyFile.Array(ReadOnlySpan<double>.Empty, 0)), sigma);
        Refused(["'mu'", "I64"], ("mu", NpyFile.Array([1L, 2L], 2)), sigma);
        Refused(["'mu'", "not finite"], ("mu", NpyFile.Array([1.0, double.NaN], 2)), sigma);
        Refused(["'sigma'", "not finite"], mu, ("sigma", NpyFile.Array([4.0, double.PositiveInfinity, 1, 9], 2, 2)));
        Refused(["'sigma'", "not symmetric"], mu, ("sigma", NpyFile.Array([4.0, 1, 1.1, 9], 2, 2)));
        Refused(["'sigma'", "variance below 0"], mu, ("sigma", NpyFile.Array([4.0, 1, 1, -9], 2, 2)));
        Refused(["'count'", "at least 2"], mu, sigma, ("count", NpyFile.Array([1L])));
        var three = ("features", NpyFile.Array(new float[6], 3, 2));
        Refused(["'features'", "[3,2]", "[4,2]"], mu, sigma, ("count", NpyFile.Array([4L], 1)), three);
        Refused(["'features'", "[2,3]", "[2,2]"], mu, sigma, ("features", NpyFile.Array(new float[6], 2, 3)));
        Refused(["'features'", "not finite"], mu, sigma, ("features", NpyFile.Array([1, 2, float.NaN, 4], 2, 2)));
    }

    // 1e9 bytes are the features of 250 images of a million features, and of no more.
    [TestMethod]
    public void More_features_than_a_file_takes_are_one_line()
    {
        FeatureStatisticsFile.RequireKeepable(250, 1_000_000, "ref.npz");
        OneClearLine.Of(() => FeatureStatisticsFile.RequireKeepable(251, 1_000_000, "ref.npz"), "ref.npz", "of 251 images", "250 at most");
        OneClearLine.Of(() => FeatureStatisticsFile.RequireKeepable(long.MaxValue, 2048, "ref.npz"), "122070 at most");
    }

    [TestMethod]
    public void A_truncated_file_and_one_that_is_missing_are_one_line()
    {
        using var temp = new TemporaryFolder();
        var path = temp.File("ref.npz");
        FeatureStatisticsFile.Write(path, new FeatureSet(Statistics(RandomFeatures.Rows(20, 5)), _origin, null));
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 37)
        {
            File.WriteAllBytes(path, bytes[..length]);
            OneClearLine.Of(() => FeatureStatisticsFile.Read(path), path);
        }

        OneClearLine.Of(() => FeatureStatisticsFile.Read(temp.File("none.npz")), "no such file");
    }

    private static FeatureStatistics Statistics(float[][] rows)
    {
        var sums = new FeatureAccumulator(rows[0].Length);
        sums.Add(rows);
        return sums.Statistics();
    }

    private static void Refused(string[] words, params (string Name, NumpyArray Array)[] arrays)
    {
        using var temp = new TemporaryFolder();
        var path = temp.File("x.npz");
        Write(path, arrays);
        OneClearLine.Of(() => FeatureStatisticsFile.Read(path), [path, .. words]);
    }

    private static void Write(string path, params (string Name, NumpyArray Array)[] arrays) =>
        NpzFile.Write(path, arrays.Select(a => KeyValuePair.Create(a.Name, a.Array)));
}
