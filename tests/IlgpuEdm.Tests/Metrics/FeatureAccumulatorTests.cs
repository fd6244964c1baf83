using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Mean and covariance from parts against their definitions.</summary>
[TestClass]
public class FeatureAccumulatorTests
{
    // Fewer than a block, a block, one more, and some blocks; features that fill no panel or tile.
    [TestMethod]
    [DataRow(2, 3)]
    [DataRow(255, 70)]
    [DataRow(256, 9)]
    [DataRow(700, 133)]
    public void It_is_what_the_definitions_say(int images, int features)
    {
        var rows = RandomFeatures.Rows(images, features);
        var actual = Of(rows, images).Statistics();
        var expected = PlainStatistics.Of([.. rows.Select(row => Array.ConvertAll(row, v => (double)v))]);
        Assert.AreEqual(images, actual.Count, "count");
        GoldenFile.AssertClose(actual.Mean, expected.Mean, 1e-14, "mean");
        GoldenFile.AssertClose(actual.Covariance, expected.Covariance, 1e-13, "covariance");
        for (var i = 0; i < features; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.AreEqual(actual.Covariance[i * features + j], actual.Covariance[j * features + i], "symmetry");
            }
        }
    }

    [TestMethod]
    public void How_the_images_are_divided_and_how_many_cores_there_are_changes_no_bit()
    {
        var rows = RandomFeatures.Rows(600, 150);
        var whole = Of(rows, 600).Statistics();
        foreach (var part in new[] { 1, 7, 255, 256 })
        {
            var parts = Of(rows, part);
            _ = parts.Statistics();
            CollectionAssert.AreEqual(whole.Mean, parts.Statistics().Mean, $"mean of parts of {part}");
            CollectionAssert.AreEqual(whole.Covariance, parts.Statistics().Covariance, $"covariance of parts of {part}");
        }

        // A scheduler that runs one thing at a time, which Parallel.For takes over.
        var alone = Task.Factory.StartNew(() => Of(rows, 64).Statistics(), CancellationToken.None, TaskCreationOptions.None,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Result;
        CollectionAssert.AreEqual(whole.Covariance, alone.Covariance, "on one core");
    }

    [TestMethod]
    public void More_can_be_added_after_the_figures_were_asked_for()
    {
        var rows = RandomFeatures.Rows(400, 20);
        var accumulator = new FeatureAccumulator(20);
        accumulator.Add(rows[..100]);
        _ = accumulator.Statistics();
        accumulator.Add(rows[100..]);
        CollectionAssert.AreEqual(Of(rows, 400).Statistics().Covariance, accumulator.Statistics().Covariance, "covariance");
    }

    // A sum of squares would lose all digits: 1e6^2 against variances of about 1.
    [TestMethod]
    public void A_large_mean_costs_no_digits()
    {
        var far = RandomFeatures.Rows(1000, 5, offset: 1 << 20);
        var near = Array.ConvertAll(far, row => Array.ConvertAll(row, v => v - (1 << 20)));
        GoldenFile.AssertClose(Of(far, 1000).Statistics().Covariance, Of(near, 1000).Statistics().Covariance, 1e-9, "covariance");
    }

    [TestMethod]
    public void Mistakes_are_one_line()
    {
        var accumulator = new FeatureAccumulator(2);
        OneClearLine.Of(() => accumulator.Statistics(), "at least two images", "are none");
        accumulator.Add([[1, 2]]);
        OneClearLine.Of(() => accumulator.Statistics(), "at least two images", "is one");
        OneClearLine.Of(() => accumulator.Add([[1, float.NaN]]), "of the 2nd image measured", "not finite");
        OneClearLine.Of(() => accumulator.Add([[float.PositiveInfinity, 0]]), "of the 2nd image measured", "not finite");
        accumulator.Add([.. Enumerable.Repeat<float[]>([1, 2], 10)]);
        OneClearLine.Of(() => accumulator.Add([[float.NaN, 0]]), "of the 12th image measured");
        Assert.ThrowsExactly<ArgumentException>(() => accumulator.Add([[1, 2, 3]]));
    }

    private static FeatureAccumulator Of(float[][] rows, int part)
    {
        var accumulator = new FeatureAccumulator(rows[0].Length);
        foreach (var some in rows.Chunk(part))
        {
            accumulator.Add(some);
        }

        return accumulator;
    }
}
