using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Reference;

/// <summary>The checker itself: it must accept a right gradient and refuse wrong ones.</summary>
[TestClass]
public class FiniteDifferenceTests
{
    private static readonly double[] X = [1, -2, 3];
    private static readonly double[] GradOut = [1, 10];

    [TestMethod]
    public void AcceptsTheRightGradient() => Assert.IsLessThan(1e-9, Deviation([12, 3, -2]), "d/dx of x0^2 + x1 x2 + 10 x0");

    [TestMethod]
    public void MeasuresAWrongElementRelativeToTheLargest() =>
        Assert.AreEqual(0.1, Deviation([12, 3, -2 + 1.2]), 1e-6, "1.2 off, where the largest is 12");

    [TestMethod]
    public void RefusesNotANumber() =>
        Assert.AreEqual(double.PositiveInfinity, Deviation([12, double.NaN, -2]), "not a number must not pass");

    [TestMethod]
    public void RefusesAGradientOfTheWrongLength() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Deviation([12, 3]), "two elements for three");

    private static double Deviation(double[] gradient) =>
        FiniteDifference.LargestDeviation(x => [x[0] * x[0] + x[1] * x[2], x[0]], X, GradOut, gradient);
}
