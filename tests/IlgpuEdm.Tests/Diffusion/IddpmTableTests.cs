using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The noise levels of improved DDPM: against the reference's table, and what rounding to them does.</summary>
[TestClass]
public class IddpmTableTests
{
    [TestMethod]
    [TestCategory("Golden")]
    public void TheTableIsTheReferences()
    {
        SafetensorsFile file = GoldenFile.Open("preconditioners");
        double[] expected = file.GetDoubles("iddpm/u");
        double[] u = IddpmTable.Create(expected.Length - 1);
        GoldenFile.AssertClose(u, expected, 1e-7, "iddpm/u");
        for (int j = 0; j < u.Length; j++)
        {
            Assert.AreEqual(expected[j], u[j], 1e-6 * expected[j], $"u_{j}, relative to itself");
        }

        GoldenFile.AssertClose([u[^2], u[0]], file.GetDoubles("iddpm/sigma_range"), 1e-6, "iddpm/sigma_range");
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void RoundingIsTheReferences()
    {
        SafetensorsFile file = GoldenFile.Open("preconditioners");
        double[] u = IddpmTable.Create(file.GetDoubles("iddpm/u").Length - 1);
        double[] rounded = Array.ConvertAll(file.GetDoubles("iddpm/round_sigma_in"), sigma => u[IddpmTable.Nearest(u, sigma)]);
        double[] expected = file.GetDoubles("iddpm/round_sigma_out");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], rounded[i], 1e-6 * expected[i], $"round_sigma_out[{i}]");
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void LevelsFallToZero(bool singlePrecision)
    {
        double[] u = IddpmTable.Create(singlePrecision: singlePrecision);
        Assert.HasCount(1001, u);
        Assert.AreEqual(0.0, u[^1], "u_M");
        for (int j = 1; j < u.Length; j++)
        {
            Assert.IsLessThan(u[j - 1], u[j], $"u_{j} must be below u_{j - 1}");
        }
    }

    [TestMethod]
    public void BothPrecisionsAgreeWhereTheRecursionIsStable()
    {
        double[] single = IddpmTable.Create();
        double[] twice = IddpmTable.Create(singlePrecision: false);
        for (int j = 0; j < 500; j++)
        {
            Assert.AreEqual(twice[j], single[j], 1e-5 * twice[j], $"u_{j}");
        }
    }

    [TestMethod]
    public void EveryLevelRoundsToItselfAndTheRestToTheEnds()
    {
        double[] u = IddpmTable.Create(50);
        for (int j = 0; j < u.Length; j++)
        {
            Assert.AreEqual(j, IddpmTable.Nearest(u, u[j]), $"u_{j}");
        }

        Assert.AreEqual(0, IddpmTable.Nearest(u, 1e9), "far above");
        Assert.AreEqual(1, IddpmTable.Nearest([3, 1, 0], 2 - 1e-6), "just below the middle");
        Assert.AreEqual(0, IddpmTable.Nearest([3, 1, 0], 2), "of two as near the first");
    }
}
