using System.Numerics;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>The elementary functions written out as polynomials, against those of .NET in float64.</summary>
[TestClass]
public sealed class FloatMathTests
{
    private const double Ulp = 1.1920929e-7;

    [TestMethod]
    public void ExponentialIsGoodToTwoUnitsInTheLastPlace() =>
        Check(-86.9, 87.9, x => FloatMath.Exp(x), Math.Exp, relative: 2 * Ulp, absolute: 0);

    [TestMethod]
    public void ExponentialIsClamped()
    {
        Assert.AreEqual(FloatMath.Exp(-87f), FloatMath.Exp(-1e30f), "far below");
        Assert.AreEqual(FloatMath.Exp(88f), FloatMath.Exp(1e30f), "far above");
    }

    [TestMethod]
    public void ExponentialOfVectorsEqualsThatOfScalars() =>
        Check(-86.9, 87.9, x => FloatMath.Exp(new Vector<float>(x))[Vector<float>.Count - 1], Math.Exp, relative: 2 * Ulp, absolute: 0);

    [TestMethod]
    public void SigmoidIsAccurate() =>
        Check(-80, 80, x => FloatMath.Sigmoid(x), x => 1 / (1 + Math.Exp(-x)), relative: 4 * Ulp, absolute: 0);

    [TestMethod]
    [DataRow(1e-10, 1e-3)]
    [DataRow(0.5, 2)]
    [DataRow(1, 1e6)]
    public void LogarithmIsAccurate(double from, double to) =>
        Check(from, to, x => FloatMath.Log(x), Math.Log, relative: 2 * Ulp, absolute: Ulp / 16);

    [TestMethod]
    [DataRow(-8)]
    [DataRow(-10_000)]
    public void SineAndCosineAreAccurate(double from)
    {
        Check(from, -from, x => FloatMath.Sin(x), Math.Sin, relative: 0, absolute: 2 * Ulp);
        Check(from, -from, x => FloatMath.Cos(x), Math.Cos, relative: 0, absolute: 2 * Ulp);
    }

    private static void Check(
        double from, double to, Func<float, double> actual, Func<double, double> expected, double relative, double absolute)
    {
        const int count = 20_000;
        for (var i = 0; i <= count; i++)
        {
            var x = (float)(from + (to - from) * i / count);
            var e = expected(x);
            Assert.IsLessThanOrEqualTo(relative * Math.Abs(e) + absolute, Math.Abs(actual(x) - e), $"error at {x}, where the value is {e}");
        }
    }
}
