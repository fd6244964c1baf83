using IlgpuEdm.Data;
using IlgpuEdm.Figures;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Figures;

/// <summary>The numbers of the figures of the one-pixel world.</summary>
[TestClass]
public class OnePixelTests
{
    private static readonly OnePixelWorld World = new();

    [TestMethod]
    public void AWalkGoesAsFarAsTheScheduleStates()
    {
        const int count = 5000;
        var figure = new ForwardWalkFigure(count: count);
        Assert.AreEqual(0, figure.Deviations[0], "at the start");
        for (int i = 1; i < figure.Times.Count; i++)
        {
            Assert.AreEqual(1, figure.Deviations[i] / figure.NoiseLevels[i], 4 / Math.Sqrt(2 * count), $"at t = {figure.Times[i]}");
        }

        Assert.AreEqual(World.SigmaMax, figure.NoiseLevels[^1], 1e-12);
    }

    [TestMethod]
    public void EveryStepOfAWalkAddsTheSameNoise()
    {
        const int count = 4000;
        PixelPaths walks = World.WalkForward(new double[count], steps: 5, seed: 1);
        for (int i = 0; i < 5; i++)
        {
            double variance = walks.Values[i + 1].Zip(walks.Values[i], (after, before) => Math.Pow(after - before, 2)).Average();
            Assert.AreEqual(1, variance / (World.EndTime / 5), 4 * Math.Sqrt(2.0 / count), $"step {i}");
        }
    }

    [TestMethod]
    public void WalksHaveTheDensityOfTheClosedFormAtAllTimes()
    {
        var figure = new WalksDensityFigure();
        Assert.IsGreaterThan(40, figure.Distances.Count);
        Assert.IsLessThan(figure.Bound, figure.Distances.Max());

        // The distance tells a density from that of another time.
        PixelPaths walks = World.WalkForward(World.Draw(4, 4000), steps: 4, seed: 4);
        Assert.IsGreaterThan(figure.Bound, KolmogorovSmirnov.Distance(walks.Ends, x => World.Cdf(x, walks.Times[3])));
    }

    [TestMethod]
    public void ReversedWalksEndInTheData()
    {
        var figure = new ReverseWalkFigure();
        Assert.IsGreaterThan(2000, figure.Ends.Count);
        Assert.IsLessThan(figure.Bound, figure.Distance);
        Assert.AreEqual(figure.Distance, KolmogorovSmirnov.Distance(figure.Ends, x => GaussianMixture.TwoPeaks.Cdf(x)), 1e-12);
        EnergyTestResult energy = EnergyTest.Compare([.. figure.Ends.Take(500)], World.Draw(99, 500), dimensions: 1, permutations: 99);
        Assert.IsGreaterThan(0.01, energy.P);
    }

    [TestMethod]
    public void TheFlowEndsInTheDataAndEachNoiseInItsOwnImage()
    {
        var figure = new FlowFigure();
        Assert.IsGreaterThan(2000, figure.Ends.Count);
        Assert.IsLessThan(figure.Bound, figure.Distance);
        Assert.IsLessThan(1e-4, figure.Drift);
        double[] ends = [.. figure.Starts.Zip(figure.Ends).OrderBy(line => line.First).Select(line => line.Second)];
        Assert.IsTrue(ends.Zip(ends.Skip(1)).All(pair => pair.First < pair.Second), "lines do not cross");
    }

    [TestMethod]
    public void AStepFollowsTheFlow()
    {
        var figure = new SolverStepFigure();
        double sigma = World.Schedule.Sigma(figure.FromTime);

        // dx/dt = -score / 2 where the variance is the time.
        double slope = -GaussianMixture.TwoPeaks.Score([figure.From], sigma)[0] / 2;
        Assert.AreEqual(figure.TimeChange * slope, figure.PixelChange, 1e-12, "dx");
        Assert.AreEqual((figure.From - figure.Denoised) / (2 * figure.FromTime), slope, 1e-12, "dx/dt by the denoiser");
        Assert.AreEqual(figure.From + figure.PixelChange, figure.To, 1e-12);

        // The flow keeps the share of the density below it.
        double share = World.Cdf(figure.From, figure.FromTime);
        Assert.AreEqual(World.Quantile(share, figure.ToTime), figure.LineEnd, 1e-4, "the flow line");
        Assert.IsGreaterThan(0.01, Math.Abs(figure.To - figure.LineEnd), "the step leaves it");
        Assert.AreEqual(World.EndTime, figure.Way[0].Time);
        Assert.AreEqual(World.Quantile(share, World.EndTime), figure.Way[0].Pixel, 1e-4, "the way starts on the same line");
        Assert.AreEqual(0, figure.Way[^1].Time);
    }

    [TestMethod]
    public void TheGapOfAShortStepGrowsAsItsLengthSquared()
    {
        var figure = new LongStepFigure();
        Assert.AreEqual(2, figure.Order, 0.03);
        Assert.IsTrue(figure.DrawnGaps.Zip(figure.DrawnGaps.Skip(1)).All(pair => pair.First < pair.Second), "longer steps, wider gaps");

        // A step to t = 0 goes half of the way to the denoiser's output.
        const double share = 0.96875;
        double time = figure.DrawnLengths[^1], x = World.Quantile(share, time);
        double tip = (x + GaussianMixture.TwoPeaks.Denoise([x], World.Schedule.Sigma(time))[0]) / 2;
        Assert.AreEqual(tip - World.Quantile(share, 0), figure.DrawnGaps[^1], 1e-4, "the longest gap");
    }

    [TestMethod]
    public void AQuantileInvertsTheProbability()
    {
        foreach (double time in new[] { 0, 0.3, 100 })
        {
            foreach (double share in new[] { 1e-6, 0.2, 0.45, 0.999 })
            {
                Assert.AreEqual(share, World.Cdf(World.Quantile(share, time), time), 1e-10, $"{share} at {time}");
            }
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => World.Quantile(1, 0));
    }

    [TestMethod]
    public void AWorldOfMoreValuesOrTooMuchNoiseIsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new OnePixelWorld(GaussianMixture.Plane));
        Assert.ThrowsExactly<EdmException>(() => new OnePixelWorld(sigmaMax: 100));
        Assert.ThrowsExactly<EdmException>(() => new OnePixelWorld(sigmaMax: 0));
    }
}
