using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Reference;

/// <summary>The references of a classifier's last operations: known values, and gradients against central differences.</summary>
[TestClass]
public class ReferenceClassificationTests
{
    [TestMethod]
    public void GradientOfTheMean()
    {
        const int n = 2, pixels = 6, c = 3;
        double[] x = Random(1, n * pixels * c), gradOut = Random(2, n * c);
        double deviation = FiniteDifference.LargestDeviation(
            v => ReferenceClassification.MeanPixels(v, n, pixels, c), x, gradOut,
            ReferenceClassification.MeanPixelsGradient(gradOut, n, pixels, c));
        Assert.IsLessThanOrEqualTo(1e-7, deviation, $"deviation {deviation:g3}");
    }

    [TestMethod]
    public void GradientOfTheCrossEntropy()
    {
        double[] logits = Random(1, 4 * 5);
        int[] labels = [0, 4, 2, 2];
        double deviation = FiniteDifference.LargestDeviation(
            v => ReferenceClassification.CrossEntropy(v, labels), logits, [0.5, 0.5, 0.5, 0.5],
            ReferenceClassification.CrossEntropyGradient(logits, labels, 0.5));
        Assert.IsLessThanOrEqualTo(1e-7, deviation, $"deviation {deviation:g3}");
    }

    [TestMethod]
    public void EqualLogitsAreEquallyProbable()
    {
        Assert.AreEqual(Math.Log(4), ReferenceClassification.CrossEntropy([7, 7, 7, 7], [2])[0], 1e-14, "ln 4");
        CollectionAssert.AreEqual(new[] { 0.25, 0.25, 0.25, 0.25 }, ReferenceClassification.Softmax([7, 7, 7, 7], 4), "quarters");
    }

    [TestMethod]
    public void MeansAreThoseOfEachImageAndChannel() =>
        CollectionAssert.AreEqual(
            new[] { 2.0, 20, 6, 60 }, ReferenceClassification.MeanPixels([1, 10, 3, 30, 5, 50, 7, 70], 2, 2, 2), "means");

    private static double[] Random(ulong image, int count)
    {
        var values = new double[count];
        HostRandom.FillNormal(1, RandomPurpose.Bench, image, values);
        return values;
    }
}
