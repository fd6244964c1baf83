using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Figures;

namespace IlgpuEdm.Tests.Figures;

/// <summary>What networks see and put out under preconditioners, and how often noise levels come; no device is needed.</summary>
[TestClass]
public class TrainingScalesTests
{
    [TestMethod]
    public void EdmKeepsAllScalesAtOne()
    {
        using var data = new ProceduralShapes(height: 8, width: 8, count: 64);
        double deviation = DatasetStatistics.Measure(data).RootMeanSquare;
        double[] levels = [0.002, 0.05, 0.5, 5, 80];
        IReadOnlyList<PreconditioningScales> scales = PreconditioningScales.Measure(
            data,
            [new EdmPreconditioner { SigmaData = deviation }, new PlainPreconditioner(), new NoisePreconditioner { SigmaData = deviation }],
            levels, seed: 0);
        foreach ((int i, double sigma) in levels.Index())
        {
            // The set is all of the data; only the noise is a sample, of 4096 values.
            AssertNear(1, scales[0].Inputs[i]);
            AssertNear(1, scales[0].Targets[i]);
            Assert.IsLessThan(Math.Min(sigma, deviation) * 1.0001, scales[0].Amplifications[i], "EDM lets through the smaller error");
            AssertNear(Math.Sqrt(sigma * sigma + deviation * deviation), scales[1].Inputs[i]);
            AssertNear(deviation, scales[1].Targets[i]);
            Assert.AreEqual(1, scales[1].Amplifications[i]);
            AssertNear(1, scales[2].Inputs[i]);
            AssertNear(1, scales[2].Targets[i]);
            Assert.AreEqual(sigma, scales[2].Amplifications[i]);
        }

        static void AssertNear(double expected, double actual) => Assert.AreEqual(expected, actual, 0.05 * expected);
    }

    [TestMethod]
    public void SharesAreThoseOfTheDistribution()
    {
        double[] shares = NoiseShares.Between(new LogNormalLevels(), [Math.Exp(-2.4), Math.Exp(-1.2), Math.Exp(0), 1e9]);
        Assert.AreEqual(NormalDistribution.Cdf(0) - NormalDistribution.Cdf(-1), shares[0], 1e-12);
        Assert.AreEqual(NormalDistribution.Cdf(1) - NormalDistribution.Cdf(0), shares[1], 1e-12);
        Assert.AreEqual(1 - NormalDistribution.Cdf(1), shares[2], 1e-12);
        Assert.AreEqual(0.25, NoiseShares.Between(new UniformLevels { SigmaMax = 80 }, [20, 40])[0], 1e-12);
    }

    // Some fall with their uniform number, and iDDPM's are steps.
    [TestMethod]
    public void SharesAreThoseOfDraws()
    {
        double[] edges = NoiseShares.Edges(0.001, 1000, 6);
        NoiseLevels[] all = [new LogNormalLevels(), new UniformLevels(), new VpLevels(), new VeLevels(), new IddpmLevels()];
        foreach (NoiseLevels levels in all)
        {
            double[] drawn = levels.Draw(0, 2000, seed: 1, stratified: true);
            double[] shares = NoiseShares.Between(levels, edges);
            for (int i = 0; i < shares.Length; i++)
            {
                double share = drawn.Count(sigma => sigma >= edges[i] && sigma < edges[i + 1]) / 2000.0;
                Assert.AreEqual(share, shares[i], 0.002, $"{levels}, {i}");
            }

            Assert.AreEqual(1, shares.Sum(), 0.002, $"{levels}");
        }
    }
}
