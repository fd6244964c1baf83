using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Reference;

/// <summary>Adam's steps where they can be worked out by hand.</summary>
[TestClass]
public class ReferenceAdamTests
{
    [TestMethod]
    public void FirstStepGoesByTheLearningRateAgainstTheSign()
    {
        double[] p = [1, 1, 1];
        ReferenceAdam.Step(p, [0.001, -5, 0], new double[3], new double[3], 1, 0.1);
        Assert.AreEqual(0.9, p[0], 1e-5, "small positive gradient");
        Assert.AreEqual(1.1, p[1], 1e-8, "large negative gradient");
        Assert.AreEqual(1.0, p[2], "no gradient, no step");
    }

    [TestMethod]
    public void SeveralStepsFollowTheBiasCorrectedMoments()
    {
        const double lr = 0.01, beta1 = 0.8, beta2 = 0.95, eps = 1e-3;
        double[] gradients = [0.3, -0.7, 1.1, 0.2];
        double[] p = [0.5];
        double[] m = [0];
        double[] v = [0];
        double expected = 0.5;
        for (int t = 1; t <= gradients.Length; t++)
        {
            ReferenceAdam.Step(p, [gradients[t - 1]], m, v, t, lr, beta1, beta2, eps);

            // The moments as weighted means over all gradients so far, as the paper derives them.
            double mHat = WeightedMean(gradients[..t], beta1, g => g);
            double vHat = WeightedMean(gradients[..t], beta2, g => g * g);
            expected -= lr * mHat / (Math.Sqrt(vHat) + eps);
            Assert.AreEqual(expected, p[0], 1e-15, $"after step {t}");
        }
    }

    private static double WeightedMean(double[] gradients, double beta, Func<double, double> value)
    {
        double[] weights = [.. gradients.Select((_, i) => Math.Pow(beta, gradients.Length - 1 - i))];
        return gradients.Zip(weights, (g, weight) => weight * value(g)).Sum() / weights.Sum();
    }
}
