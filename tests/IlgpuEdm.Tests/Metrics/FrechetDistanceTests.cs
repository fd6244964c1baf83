using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>The Fréchet distance against SciPy's figures and closed forms.</summary>
[TestClass]
public class FrechetDistanceTests
{
    [TestMethod]
    [TestCategory("Golden")]
    public void It_agrees_with_the_golden_distances()
    {
        var file = GoldenFile.Open("frechet");
        var names = file.Tensors.Keys.Where(name => name.EndsWith("/distance", StringComparison.Ordinal)).ToArray();
        Assert.IsNotEmpty(names, "distances in the file");
        foreach (var name in names)
        {
            var prefix = name[..^"distance".Length];
            var actual = FrechetDistance.Between(GoldenStatistics(prefix + "a"), GoldenStatistics(prefix + "b"));
            GoldenFile.AssertClose([actual], file.GetDoubles(name), 1e-6, name);
        }

        // The features are float64 there; the accumulator takes what networks give.
        FeatureStatistics GoldenStatistics(string name)
        {
            var (values, shape) = (file.GetDoubles(name), file.GetShape(name));
            return PlainStatistics.Of([.. values.Chunk(shape[1])]);
        }
    }

    [TestMethod]
    public void Of_diagonal_covariances_it_is_the_closed_form()
    {
        double[] a = [4, 0, 9, 1e-6, 2], b = [1, 5, 9, 4e-6, 0], difference = [1, 0, -2, 0.5, 0];
        double expected = 0;
        for (var i = 0; i < a.Length; i++)
        {
            expected += difference[i] * difference[i] + Math.Pow(Math.Sqrt(a[i]) - Math.Sqrt(b[i]), 2);
        }

        Assert.AreEqual(expected, FrechetDistance.Between(Diagonal(difference, a), Diagonal(new double[5], b)), 1e-12, "distance");
    }

    [TestMethod]
    public void Of_one_feature_it_is_that_of_two_normal_distributions()
    {
        var distance = FrechetDistance.Between(new FeatureStatistics([3], [4], 10), new FeatureStatistics([1], [25], null));
        Assert.AreEqual(4 + 9, distance, 1e-12, "(3 - 1)^2 + (2 - 5)^2");
    }

    [TestMethod]
    [DataRow(200, 30)]
    [DataRow(20, 70)]
    public void A_set_is_at_no_distance_from_itself(int images, int features)
    {
        var set = PlainStatistics.Of(RandomFeatures.Doubles(images, features, 1));
        Assert.AreEqual(0, FrechetDistance.Between(set, set), 1e-10, "distance");
    }

    [TestMethod]
    public void It_does_not_depend_on_the_order_of_the_sets_or_of_features()
    {
        var rows = RandomFeatures.Doubles(60, 40, 1);
        var others = RandomFeatures.Doubles(25, 40, 2);
        var order = Enumerable.Range(0, 40).Select(i => i * 7 % 40).ToArray();
        var distance = FrechetDistance.Between(PlainStatistics.Of(rows), PlainStatistics.Of(others));
        Assert.IsGreaterThan(1, distance, "two sets");
        Assert.AreEqual(distance, FrechetDistance.Between(PlainStatistics.Of(others), PlainStatistics.Of(rows)), 1e-10, "exchanged");
        Assert.AreEqual(distance, FrechetDistance.Between(Reordered(rows), Reordered(others)), 1e-10, "in another order");

        FeatureStatistics Reordered(double[][] set) => PlainStatistics.Of([.. set.Select(row => order.Select(i => row[i]).ToArray())]);
    }

    [TestMethod]
    public void Moving_a_deficient_set_adds_the_square_of_the_way()
    {
        var rows = RandomFeatures.Doubles(10, 50, 1);
        double[][] moved = [.. rows.Select(row => row.Select((v, i) => i == 3 ? v + 2.5 : v).ToArray())];
        Assert.AreEqual(6.25, FrechetDistance.Between(PlainStatistics.Of(rows), PlainStatistics.Of(moved)), 1e-10, "distance");
    }

    [TestMethod]
    public void Sets_without_variance_are_compared_by_their_means() =>
        Assert.AreEqual(5, FrechetDistance.Between(Diagonal([1, 2], [0, 0]), Diagonal([0, 0], [0, 0])), 1e-15, "1 + 4");

    [TestMethod]
    public void Numbers_that_are_not_finite_and_other_lengths_are_one_line()
    {
        var good = Diagonal([1, 2], [1, 1]);
        OneClearLine.Of(() => FrechetDistance.Between(good, Diagonal([double.NaN, 0], [1, 1])), "not finite");
        OneClearLine.Of(() => FrechetDistance.Between(Diagonal([0, 0], [1, double.PositiveInfinity]), good), "not finite");
        OneClearLine.Of(() => FrechetDistance.Between(good, Diagonal([0, 0, 0], [1, 1, 1])), "2 and 3 features");
    }

    // The factors are finite; products of them, or squares in the singular values' computation, are not.
    [TestMethod]
    [DataRow(1e200)]
    [DataRow(1e308)]
    public void Figures_that_overflow_on_the_way_are_one_line(double variance)
    {
        var mixed = new FeatureStatistics([0, 0], [variance, variance / 2, variance / 2, variance], null);
        var plain = Diagonal([0, 0], [variance, variance / 4]);
        OneClearLine.Of(() => FrechetDistance.Between(mixed, plain), "too ill-conditioned", "not finite");
    }

    [TestMethod]
    public void Stopping_ends_the_distance_and_a_factor()
    {
        var set = PlainStatistics.Of(RandomFeatures.Doubles(30, 20, 4));
        var stop = new CancellationToken(canceled: true);
        Assert.ThrowsExactly<OperationCanceledException>(() => FrechetDistance.Between(set, set, stop));
        Assert.ThrowsExactly<OperationCanceledException>(() => SymmetricFactor.Of(set.Covariance, set.Length, stop));
    }

    [TestMethod]
    public void The_factor_of_a_covariance_gives_it_back_in_as_few_rows_as_its_rank()
    {
        var set = PlainStatistics.Of(RandomFeatures.Doubles(30, 300, 4));
        var rows = SymmetricFactor.Of(set.Covariance, set.Length);
        Assert.HasCount(29, rows, "rank");
        var product = new double[set.Covariance.Length];
        for (var i = 0; i < set.Length; i++)
        {
            for (var j = 0; j < set.Length; j++)
            {
                product[i * set.Length + j] = rows.Sum(row => row[i] * row[j]);
            }
        }

        GoldenFile.AssertClose(product, set.Covariance, 1e-14, "F^T F");
    }

    private static FeatureStatistics Diagonal(double[] mean, double[] variances)
    {
        var covariance = new double[mean.Length * mean.Length];
        for (var i = 0; i < mean.Length; i++)
        {
            covariance[i * mean.Length + i] = variances[i];
        }

        return new FeatureStatistics(mean, covariance, null);
    }
}
