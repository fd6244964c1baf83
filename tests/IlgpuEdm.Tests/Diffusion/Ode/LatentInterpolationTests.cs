using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Paths between latents keep the latents' size.</summary>
[TestClass]
public class LatentInterpolationTests
{
    [TestMethod]
    public void SlerpKeepsTheLengthOfItsEnds()
    {
        double[] a = TestLatents.Of(1, 50);
        double[] b = TestLatents.Of(2, 50);
        double length = Length(a);
        b = Array.ConvertAll(b, v => v * length / Length(b));
        foreach (double w in new[] { 0, 0.1, 0.5, 0.77, 1 })
        {
            Assert.AreEqual(length, Length(LatentInterpolation.Slerp(a, b, w)), 1e-12, $"weight {w}");
        }
    }

    [TestMethod]
    public void SlerpTurnsByItsWeight()
    {
        double[] third = LatentInterpolation.Slerp([1, 0], [0, 1], 1 / 3.0);
        Assert.AreEqual(Math.Cos(Math.PI / 6), third[0], 1e-15, "30 of 90 degrees");
        Assert.AreEqual(Math.Sin(Math.PI / 6), third[1], 1e-15, "30 of 90 degrees");
    }

    [TestMethod]
    public void EndsAreTheLatents()
    {
        double[] a = TestLatents.Of(3, 9);
        double[] b = TestLatents.Of(4, 9);
        Func<double[], double[], double, double[]>[] paths = [LatentInterpolation.Slerp, LatentInterpolation.VariancePreserving];
        foreach (var path in paths)
        {
            Assert.IsLessThan(1e-15, TestLatents.Largest(a, path(a, b, 0)), "weight 0");
            Assert.IsLessThan(1e-15, TestLatents.Largest(b, path(a, b, 1)), "weight 1");
            Assert.IsLessThan(1e-15, TestLatents.Largest(a, LatentInterpolation.Slerp(a, a, 0.4)), "from a latent to itself");
        }
    }

    [TestMethod]
    public void LinearInterpolationKeepsTheVarianceOfIndependentLatents()
    {
        double[] mixed = LatentInterpolation.VariancePreserving(TestLatents.Of(5, 20_000), TestLatents.Of(6, 20_000), 0.3);
        Assert.AreEqual(1, mixed.Average(v => v * v), 0.03, "variance");
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        OneClearLine.Of(() => LatentInterpolation.Slerp([1, 2], [1], 0.5), "2 values");
        OneClearLine.Of(() => LatentInterpolation.Slerp([1, 2], [-1, -2], 0.5), "opposite");
        OneClearLine.Of(() => LatentInterpolation.Slerp([0, 0], [-1, -2], 0.5), "zeros");
        OneClearLine.Of(() => LatentInterpolation.VariancePreserving([1], [2], 1.5), "1.5");
        OneClearLine.Of(() => LatentInterpolation.VariancePreserving([1], [double.NaN], 0.5), "NaN");
    }

    private static double Length(double[] v) => Math.Sqrt(v.Sum(u => u * u));
}
