using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>KID against its definition and expectations that are known.</summary>
[TestClass]
public class KernelDistanceTests
{
    [TestMethod]
    [DataRow(30, 12)]
    [DataRow(70, 300)]
    public void One_subset_of_all_images_is_the_unbiased_estimate(int images, int features)
    {
        float[][] a = RandomFeatures.Rows(images, features, seed: 1), b = RandomFeatures.Rows(images, features, seed: 2, offset: 0.3f);
        var expected = BruteForce(a, b);
        var actual = KernelDistance.Between(a, b, subsets: 1, subsetSize: images);
        Assert.AreEqual(expected, actual.Mean, 1e-12 * Math.Abs(expected) + 1e-13, "KID");
        Assert.IsTrue(double.IsNaN(actual.Deviation), "a deviation of one number");
    }

    // In one dimension k(x, y) = (xy + 1)^3; E k(x, x') - 2 E k(x, y) + E k(y, y') for constants 1 and -1: 8 - 2 * 0 + 8.
    [TestMethod]
    public void Of_constant_sets_it_is_the_closed_form()
    {
        float[][] ones = [.. Enumerable.Repeat(new float[] { 1 }, 20)], minus = [.. Enumerable.Repeat(new float[] { -1 }, 30)];
        var result = KernelDistance.Between(ones, minus, subsets: 4, subsetSize: 10);
        Assert.AreEqual(16, result.Mean, 1e-14, "KID");
        Assert.AreEqual(0, result.Deviation, 1e-14, "deviation");
        Assert.AreEqual(0, KernelDistance.Between(ones, ones, subsets: 4, subsetSize: 10).Mean, 1e-14, "of a set from itself");
    }

    [TestMethod]
    public void Sets_of_one_distribution_are_at_no_distance_on_average()
    {
        var result = KernelDistance.Between(RandomFeatures.Rows(400, 8, seed: 1), RandomFeatures.Rows(400, 8, seed: 2), 100, 50, seed: 3);
        Assert.IsLessThan(4 * result.Deviation / Math.Sqrt(100) + 0.02, Math.Abs(result.Mean), $"{result}");
        Assert.IsGreaterThan(0, result.Deviation, "deviation");
    }

    [TestMethod]
    public void The_seed_decides_the_subsets()
    {
        float[][] a = RandomFeatures.Rows(60, 8, seed: 1), b = RandomFeatures.Rows(50, 8, seed: 2);
        var first = KernelDistance.Between(a, b, 5, 20, seed: 1);
        Assert.AreEqual(first, KernelDistance.Between(a, b, 5, 20, seed: 1), "the same seed");
        Assert.AreNotEqual(first, KernelDistance.Between(a, b, 5, 20, seed: 2), "another seed");
    }

    [TestMethod]
    public void A_subset_has_each_image_once_and_any_image()
    {
        var all = new HashSet<int>();
        for (ulong number = 0; number < 50; number++)
        {
            var drawn = RandomSubset.Draw(10, 40, seed: 5, number);
            Assert.HasCount(10, drawn.Distinct().ToArray(), "no repetition");
            all.UnionWith(drawn);
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 40).ToArray(), all.Order().ToArray(), "all are drawn at some time");
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, RandomSubset.Draw(3, 3, seed: 5), "all of them");
    }

    [TestMethod]
    public void Mistakes_are_one_line()
    {
        float[][] ten = RandomFeatures.Rows(10, 4), two = RandomFeatures.Rows(2, 5);
        OneClearLine.Of(() => KernelDistance.Between(ten, ten, 10, 11), "subsets of 11 images", "of 10");
        OneClearLine.Of(() => KernelDistance.Between(ten, ten, 10, 1), "subsets of 1");
        OneClearLine.Of(() => KernelDistance.Between(ten, two, 1, 2), "4 and 5 features");
        OneClearLine.Of(() => KernelDistance.Between(ten, []), "without images");
        Assert.ThrowsExactly<OperationCanceledException>(
            () => KernelDistance.Between(ten, ten, 2, 5, stop: new CancellationToken(canceled: true)));
    }

    private static double BruteForce(float[][] a, float[][] b)
    {
        double m = a.Length;
        return Pairs(a, a, false) / (m * (m - 1)) + Pairs(b, b, false) / (m * (m - 1)) - 2 * Pairs(a, b, true) / (m * m);

        static double Pairs(float[][] x, float[][] y, bool equal) => Enumerable.Range(0, x.Length).Sum(i =>
            Enumerable.Range(0, y.Length).Where(j => equal || i != j).Sum(j => Math.Pow(Dot(x[i], y[j]) / x[i].Length + 1, 3)));
    }

    private static double Dot(float[] x, float[] y)
    {
        double sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }
}
