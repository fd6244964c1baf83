using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Precision and recall against their definition and sets for which they are known.</summary>
[TestClass]
public class PrecisionRecallTests
{
    [TestMethod]
    [DataRow(40, 25, 6, 3, 0.5f)]
    [DataRow(150, 90, 20, 3, 0.2f)]
    [DataRow(70, 140, 300, 1, 0f)]
    public void They_are_what_the_definition_says(int n, int m, int features, int k, float offset)
    {
        float[][] real = RandomFeatures.Rows(n, features, seed: 1), generated = RandomFeatures.Rows(m, features, seed: 2, offset);
        var actual = PrecisionRecall.Measure(real, generated, k);
        Assert.AreEqual(Covered(real, generated, k), actual.Precision, 1e-12, "precision");
        Assert.AreEqual(Covered(generated, real, k), actual.Recall, 1e-12, "recall");
        Assert.IsTrue(actual.Precision is > 0 and <= 1, $"{actual}: something is to be told");
    }

    [TestMethod]
    public void A_set_covers_itself_and_nothing_far_away()
    {
        var real = RandomFeatures.Rows(50, 10, seed: 1);
        Assert.AreEqual(new PrecisionRecallResult(1, 1, 3), PrecisionRecall.Measure(real, real), "itself");
        Assert.AreEqual(new PrecisionRecallResult(0, 0, 3), PrecisionRecall.Measure(real, RandomFeatures.Rows(50, 10, 2, 100)), "far away");
    }

    // Every ball has the radius 0; only exact equality reaches it.
    [TestMethod]
    public void Equal_points_are_at_no_distance()
    {
        var point = RandomFeatures.Rows(1, 300, seed: 1, offset: 1000)[0];
        float[][] set = [.. Enumerable.Repeat(point, 70)];
        Assert.AreEqual(new PrecisionRecallResult(1, 1, 3), PrecisionRecall.Measure(set, set), "the same point");
        float[][] other = [.. set.Select(row => row.Select((v, i) => i == 0 ? v + 1 : v).ToArray())];
        Assert.AreEqual(new PrecisionRecallResult(0, 0, 3), PrecisionRecall.Measure(set, other), "another point");
    }

    // Generated images that show one half of the data: all look real, half of the data is missing.
    [TestMethod]
    public void A_missing_mode_lowers_recall_alone()
    {
        float[][] near = RandomFeatures.Rows(60, 2, seed: 1), far = RandomFeatures.Rows(60, 2, seed: 2, offset: 1000);
        var result = PrecisionRecall.Measure([.. near, .. far], near);
        Assert.AreEqual(new PrecisionRecallResult(1, 0.5, 3), result, "one of two modes");
    }

    [TestMethod]
    public void Progress_ends_at_one_and_stopping_works()
    {
        var rows = RandomFeatures.Rows(100, 4);
        double last = 0;
        PrecisionRecall.Measure(rows, rows, onProgress: done => last = done);
        Assert.AreEqual(1, last, 1e-9, "progress");
        Assert.ThrowsExactly<OperationCanceledException>(
            () => PrecisionRecall.Measure(rows, rows, stop: new CancellationToken(canceled: true)));
    }

    [TestMethod]
    public void Mistakes_are_one_line()
    {
        float[][] three = RandomFeatures.Rows(3, 4), ten = RandomFeatures.Rows(10, 4);
        OneClearLine.Of(() => PrecisionRecall.Measure(ten, three), "more than 3 images", "10 real and 3 generated");
        OneClearLine.Of(() => PrecisionRecall.RequireImages(2, 10, neighbour: 2), "more than 2 images", "2 real and 10 generated");
        PrecisionRecall.RequireImages(4, 4);
        OneClearLine.Of(() => PrecisionRecall.Measure(ten, RandomFeatures.Rows(10, 6)), "4 and 6 features");
    }

    // The share of points that lie within the k-th neighbour's distance of some centre.
    private static double Covered(float[][] centres, float[][] points, int k)
    {
        double[] radii =
        [
            .. centres.Select((c, i) => centres.Where((_, j) => j != i).Select(o => Distance(c, o)).Order().ElementAt(k - 1)),
        ];
        return points.Average(p => centres.Zip(radii).Any(ball => Distance(p, ball.First) <= ball.Second) ? 1.0 : 0);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (p, q) => Math.Pow((double)p - q, 2)).Sum());
}
