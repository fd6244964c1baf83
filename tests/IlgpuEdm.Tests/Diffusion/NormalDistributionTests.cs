using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The normal distribution function and its inverse.</summary>
[TestClass]
public class NormalDistributionTests
{
    // Values of the standard tables, to more digits than float64 holds.
    [TestMethod]
    [DataRow(0.5, 0.0)]
    [DataRow(0.975, 1.959963984540054)]
    [DataRow(0.025, -1.959963984540054)]
    [DataRow(0.841344746068543, 1.0)]
    [DataRow(1e-3, -3.090232306167813)]
    [DataRow(1e-10, -6.361340902404056)]
    public void InverseHasTheTabulatedValues(double p, double x) =>
        Assert.AreEqual(x, NormalDistribution.InverseCdf(p), 1e-13, $"quantile {p}");

    [TestMethod]
    public void InverseUndoesTheDistributionFunction()
    {
        for (double x = -8; x <= 4; x += 0.0625)
        {
            // Above 0, the rounding of p = 1 - tail is magnified by 1 / density.
            double tolerance = x <= 0 ? 1e-12 : 1e-12 * Math.Exp(x * x / 2);
            Assert.AreEqual(x, NormalDistribution.InverseCdf(NormalDistribution.Cdf(x)), tolerance, $"x = {x}");
        }
    }

    [TestMethod]
    public void BothWaysToComputeTheTailMeetWhereTheyChange()
    {
        double below = NormalDistribution.Cdf(-Math.BitDecrement(3.0));
        double above = NormalDistribution.Cdf(-3.0);
        Assert.AreEqual(1, below / above, 1e-12, "series and continued fraction at 3");
        Assert.AreEqual(1.349898031630094e-3, above, 1e-15, "the tabulated tail at 3");
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0)]
    [DataRow(-0.1)]
    [DataRow(double.NaN)]
    public void OnlyProbabilitiesHaveAQuantile(double p) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NormalDistribution.InverseCdf(p), $"p = {p}");
}
