using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Diffusion;

namespace IlgpuEdm.Tests.Data;

/// <summary>The mixture's draws and formulas.</summary>
[TestClass]
public class GaussianMixtureTests
{
    private static readonly GaussianMixture _plane = GaussianMixture.Plane;

    [TestMethod]
    public void APointFollowsFromSeedAndNumberAlone()
    {
        Batch many = _plane.Draw(3, 10, 50), part = _plane.Draw(3, 27, 4);
        CollectionAssert.AreEqual(many.Images[34..42], part.Images, "points 27 to 30");
        CollectionAssert.AreEqual(many.Labels[17..21], part.Labels, "their components");
        CollectionAssert.AreNotEqual(part.Images, _plane.Draw(4, 27, 4).Images, "another seed");
    }

    [TestMethod]
    public void DrawsHaveTheComponentsWeightsMeansAndWidths()
    {
        const int n = 40_000;
        Batch batch = _plane.Draw(1, 0, n);
        for (int k = 0; k < _plane.Components.Count; k++)
        {
            MixtureComponent c = _plane.Components[k];
            int[] own = [.. Enumerable.Range(0, n).Where(i => batch.Labels[i] == k)];
            Assert.AreEqual(c.Weight, own.Length / (double)n, 4 * Math.Sqrt(c.Weight / n), $"weight of {k}");
            for (int j = 0; j < 2; j++)
            {
                double mean = own.Average(i => batch.Images[2 * i + j]);
                double deviation = Math.Sqrt(own.Average(i => Math.Pow(batch.Images[2 * i + j] - c.Mean[j], 2)));
                Assert.AreEqual(c.Mean[j], mean, 4 * c.Deviation / Math.Sqrt(own.Length), $"mean of {k}");
                Assert.AreEqual(1, deviation / c.Deviation, 4 / Math.Sqrt(2.0 * own.Length), $"deviation of {k}");
            }
        }
    }

    [TestMethod]
    public void ThePlanesMeanIsZeroAndItsDeviationEdmsSigmaData()
    {
        double variance = 0;
        for (int j = 0; j < 2; j++)
        {
            Assert.AreEqual(0, _plane.Components.Sum(c => c.Weight * c.Mean[j]), 0.01, $"mean {j}");
            variance += _plane.Components.Sum(c => c.Weight * (c.Mean[j] * c.Mean[j] + c.Deviation * c.Deviation)) / 2;
        }

        Assert.AreEqual(0.5, Math.Sqrt(variance), 0.01, "deviation");
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    public void TheProbabilityOfOneValueIsTheIntegralOfTheDensity(double sigma)
    {
        const double step = 1e-3;
        double sum = 0;
        for (double x = -4; x < 1; x += step)
        {
            sum += step * Math.Exp(GaussianMixture.TwoPeaks.LogDensity([x + step / 2], sigma));
            Assert.AreEqual(sum, GaussianMixture.TwoPeaks.Cdf(x + step, sigma), 1e-5, $"at {x}");
        }

        Assert.ThrowsExactly<InvalidOperationException>(() => _plane.Cdf(0));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    public void TheDensitySumsToOne(double sigma)
    {
        const double step = 0.02;
        double sum = 0;
        for (int i = -150; i <= 150; i++)
        {
            for (int j = -150; j <= 150; j++)
            {
                sum += Math.Exp(_plane.LogDensity([i * step, j * step], sigma)) * step * step;
            }
        }

        Assert.AreEqual(1, sum, 1e-6, "integral over the plane");
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    [DataRow(20.0)]
    public void TheScoreIsTheGradientOfTheLogDensity(double sigma)
    {
        const double h = 1e-5;
        foreach (double[] x in new double[][] { [0.5, 0.1], [-0.3, 0.2], [0.1, -0.7] })
        {
            double[] score = _plane.Score(x, sigma);
            for (int j = 0; j < 2; j++)
            {
                double[] up = [.. x], down = [.. x];
                up[j] += h;
                down[j] -= h;
                double slope = (_plane.LogDensity(up, sigma) - _plane.LogDensity(down, sigma)) / (2 * h);
                Assert.AreEqual(slope, score[j], 1e-5 * (1 + Math.Abs(slope)), $"at ({x[0]}, {x[1]})");
            }
        }
    }

    [TestMethod]
    [DataRow(0.002)]
    [DataRow(0.4)]
    [DataRow(80.0)]
    public void TheIdealDenoiserIsThatOfAnIndependentFormula(double sigma)
    {
        double[][] means = [[0.6, 0.1], [-0.5, 0.5], [-0.2, -0.7]];
        var mixture = new GaussianMixture([.. means.Select(m => new MixtureComponent(2, m, 0.15))]);
        double[] x = Array.ConvertAll(TestLatents.Of(8, 20), z => sigma * z);
        Assert.IsLessThan(1e-11, TestLatents.Largest(MixtureForm.Plane.Denoise(x, sigma), mixture.Denoise(x, sigma)), "D of ten points");
        double expected = MixtureForm.Plane.LogDensity(x[..2], sigma);
        Assert.AreEqual(expected, mixture.LogDensity(x.AsSpan(0, 2), sigma), 1e-11 * (1 + Math.Abs(expected)), "ln p");
    }

    [TestMethod]
    public void FarFromAllDataNothingOverflows()
    {
        double[] far = [1e4, -1e4];
        Assert.IsTrue(double.IsFinite(_plane.LogDensity(far, 0.002)), "ln p");
        Assert.IsTrue(Array.TrueForAll(_plane.Denoise(far, 0.002), double.IsFinite), "D");
    }

    [TestMethod]
    public void ComponentsThatFitNoMixtureAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new GaussianMixture(), "none");
        Assert.ThrowsExactly<ArgumentException>(
            () => new GaussianMixture(new MixtureComponent(1, [0, 0], 1), new MixtureComponent(1, [0], 1)), "two dimensions");
        Assert.ThrowsExactly<ArgumentException>(() => new GaussianMixture(new MixtureComponent(1, [0], 0)), "no width");
        Assert.ThrowsExactly<ArgumentException>(() => new GaussianMixture(new MixtureComponent(double.NaN, [0], 1)), "no weight");
    }
}
