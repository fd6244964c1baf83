using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The time steps of EDM: their ends, their order, and what is refused.</summary>
[TestClass]
public class EdmTimeStepsTests
{
    [TestMethod]
    public void FallFromSigmaMaxToSigmaMinToZero()
    {
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        Assert.HasCount(19, t);
        Assert.AreEqual(80, t[0], 1e-12, "t_0 is sigma_max");
        Assert.AreEqual(0.002, t[17], 1e-15, "t_{N-1} is sigma_min");
        Assert.AreEqual(0.0, t[18], "t_N is 0");
        for (int i = 1; i < t.Length; i++)
        {
            Assert.IsLessThan(t[i - 1], t[i], $"t_{i} must be below t_{i - 1}");
        }
    }

    [TestMethod]
    public void RhoOneSpacesThemEvenly() =>
        CollectionAssert.AreEqual(new double[] { 9, 7, 5, 3, 1, 0 }, EdmTimeSteps.Create(5, 1, 9, 1), "rho = 1");

    [TestMethod]
    public void OneStepGoesStraightToZero() =>
        CollectionAssert.AreEqual(new double[] { 80, 0 }, EdmTimeSteps.Create(1, 0.002, 80, 7), "a single step");

    [TestMethod]
    [DataRow(0, 0.002, 80.0, 7.0, "--steps")]
    [DataRow(-3, 0.002, 80.0, 7.0, "--steps")]
    [DataRow(18, 0.0, 80.0, 7.0, "--sigma-min")]
    [DataRow(18, double.NaN, 80.0, 7.0, "--sigma-min")]
    [DataRow(18, 0.002, 0.001, 7.0, "--sigma-max")]
    [DataRow(18, 0.002, 0.002, 7.0, "--sigma-max")]
    [DataRow(18, 0.002, double.PositiveInfinity, 7.0, "--sigma-max")]
    [DataRow(18, 0.002, 80.0, 0.0, "--rho")]
    [DataRow(1, 0.002, 80.0, -7.0, "--rho")]
    [DataRow(18, 0.002, 80.0, 1e-4, "--rho")]
    [DataRow(18, 0.002, 80.0, 1e18, "--rho")]
    public void ValuesOutOfRangeNameTheirOption(int steps, double sigmaMin, double sigmaMax, double rho, string option)
    {
        EdmException error = Assert.ThrowsExactly<EdmException>(() => EdmTimeSteps.Create(steps, sigmaMin, sigmaMax, rho));
        Assert.StartsWith(option, error.Message, "the option that is wrong comes first");
        Assert.DoesNotContain("\n", error.Message, "one line");
    }
}
