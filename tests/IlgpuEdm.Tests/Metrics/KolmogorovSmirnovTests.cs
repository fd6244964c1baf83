using IlgpuEdm.Diffusion;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>The distance of numbers from a known distribution.</summary>
[TestClass]
public class KolmogorovSmirnovTests
{
    [TestMethod]
    public void TheDistanceIsTheLargestGapOnEitherSideOfAStep()
    {
        // Against the uniform distribution the steps of these four lie at 0.1, 0.2, 0.3 and 0.9: the share is 3/4 just above 0.3.
        Assert.AreEqual(0.45, KolmogorovSmirnov.Distance([0.3, 0.9, 0.1, 0.2], x => x), 1e-12);
        Assert.AreEqual(0.7, KolmogorovSmirnov.Distance([0.7, 0.8], x => x), 1e-12, "below the first");
    }

    [TestMethod]
    public void ChanceExceedsTheBoundAsOftenAsItsLevelSays()
    {
        const int trials = 1000, count = 100;
        const double level = 0.1;
        double bound = KolmogorovSmirnov.Bound(count, level);
        int above = Enumerable.Range(0, trials).Count(trial => KolmogorovSmirnov.Distance(
            Enumerable.Range(0, count).Select(i => HostRandom.Normal(1, RandomPurpose.Bench, (ulong)trial, (uint)i)),
            NormalDistribution.Cdf) > bound);

        // Four standard deviations of the count, and what the limit for many numbers is off at a hundred.
        Assert.AreEqual(level, above / (double)trials, 4 * Math.Sqrt(level * (1 - level) / trials) + 0.015);
        Assert.AreEqual(1.628 / Math.Sqrt(3000), KolmogorovSmirnov.Bound(3000), 1e-5, "the tables' value at 1 %");
    }

    [TestMethod]
    public void WrongArgumentsAreRefused()
    {
        Assert.ThrowsExactly<EdmException>(() => KolmogorovSmirnov.Distance([], x => x), "none");
        Assert.ThrowsExactly<EdmException>(() => KolmogorovSmirnov.Distance([double.NaN], x => x), "no number");
        Assert.ThrowsExactly<EdmException>(() => KolmogorovSmirnov.Bound(0), "no values");
        Assert.ThrowsExactly<EdmException>(() => KolmogorovSmirnov.Bound(10, 1), "level 1");
    }
}
