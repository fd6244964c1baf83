using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The discretisations: their ends, few and no steps, and what is refused.</summary>
[TestClass]
public class DiscretizationTests
{
    public static IEnumerable<object[]> Names => Discretization.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void LevelsFallFromSigmaMaxToSigmaMinToZero(string name)
    {
        (double sigmaMin, double sigmaMax) = Discretization.DefaultRange(name);
        foreach (int steps in new[] { 2, 3, 18, 256 })
        {
            double[] sigma = Discretization.Create(name, steps, sigmaMin, sigmaMax);
            Assert.HasCount(steps + 1, sigma);
            Assert.AreEqual(0.0, sigma[^1], "sigma_N");
            for (int i = 1; i < sigma.Length; i++)
            {
                Assert.IsLessThan(sigma[i - 1], sigma[i], $"sigma_{i} must be below sigma_{i - 1}");
            }

            if (name != "iddpm")
            {
                Assert.AreEqual(sigmaMax, sigma[0], 1e-9 * sigmaMax, "sigma_0");
                Assert.AreEqual(sigmaMin, sigma[^2], 1e-8 * sigmaMin, "sigma_{N-1}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void OneStepGoesStraightToZero(string name)
    {
        double[] sigma = Discretization.Create(name, 1, 0.01, 70);
        Assert.HasCount(2, sigma);
        double highest = name == "iddpm" ? IddpmTable.Create(singlePrecision: false).First(level => level <= 70) : 70;
        Assert.AreEqual(highest, sigma[0], 1e-9, "sigma_max");
        Assert.AreEqual(0.0, sigma[1], "zero");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void NoStepsAndNoRangeAreRefused(string name)
    {
        Assert.StartsWith("--steps", Assert.ThrowsExactly<EdmException>(() => Discretization.Create(name, 0, 0.01, 70)).Message);
        Assert.StartsWith("--sigma-max", Assert.ThrowsExactly<EdmException>(() => Discretization.Create(name, 9, 70, 70)).Message);
        Assert.StartsWith("--sigma-min", Assert.ThrowsExactly<EdmException>(() => Discretization.Create(name, 9, double.NaN, 70)).Message);
    }

    [TestMethod]
    public void IddpmTakesLevelsOfItsTableWithinTheRange()
    {
        double[] u = IddpmTable.Create(singlePrecision: false);
        double[] sigma = Discretization.Create("iddpm", 11, 0.002, 81);
        Assert.AreEqual(u[^2], sigma[^2], "the lowest level of the table");
        Assert.AreEqual(u.First(level => level <= 81), sigma[0], "the highest that is not above 81");
        CollectionAssert.IsSubsetOf(sigma, u);
    }

    [TestMethod]
    public void IddpmHasOnlySoManyLevels()
    {
        int all = IddpmTable.Create(singlePrecision: false).Count(level => level is >= 0.002 and <= 81);
        Assert.HasCount(all + 1, IddpmTimeSteps.Create(all, 0.002, 81));
        EdmException error = Assert.ThrowsExactly<EdmException>(() => IddpmTimeSteps.Create(all + 1, 0.002, 81));
        Assert.StartsWith($"--steps {all + 1} is more than the {all} levels", error.Message);
        Assert.StartsWith("--steps 1 is more than the 0 levels",
            Assert.ThrowsExactly<EdmException>(() => IddpmTimeSteps.Create(1, 1e-5, 1e-4)).Message);
    }

    [TestMethod]
    public void VeLevelsAreAFixedRatioApart()
    {
        double[] sigma = Discretization.Create("ve", 5, 0.01, 100);
        for (int i = 1; i < 5; i++)
        {
            Assert.AreEqual(0.1, sigma[i] / sigma[i - 1], 1e-12, $"ratio {i}");
        }
    }

    [TestMethod]
    public void LinearLevelsAreEdmsWithRhoOne()
    {
        double[] linear = Discretization.Create("linear", 9, 0.5, 8);
        double[] edm = Discretization.Create("edm", 9, 0.5, 8, rho: 1);
        for (int i = 0; i < linear.Length; i++)
        {
            Assert.AreEqual(edm[i], linear[i], 1e-12, $"sigma_{i}");
        }
    }

    [TestMethod]
    public void AnUnknownNameIsRefused() => Assert.AreEqual("--discretization cosine is not known; use vp, ve, iddpm, edm, linear",
        Assert.ThrowsExactly<EdmException>(() => Discretization.Create("cosine", 5, 1, 2)).Message);
}
