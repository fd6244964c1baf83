using IlgpuEdm.Diffusion;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>The energy test: its distance, and that its P says what it claims.</summary>
[TestClass]
public class EnergyTestTests
{
    [TestMethod]
    public void TheDistanceIsThatOfItsDefinition()
    {
        const int d = 3, n = 7, m = 12;
        double[] a = TestLatents.Of(1, n * d), b = TestLatents.Of(2, m * d);
        double expected = 2 * Mean(a, b) - Mean(a, a) - Mean(b, b);
        Assert.AreEqual(expected, EnergyTest.Compare(a, b, d).Distance, 1e-13, "means over all pairs");
        Assert.AreEqual(expected, EnergyTest.Compare(b, a, d).Distance, 1e-13, "exchanged");

        static double Mean(double[] x, double[] y) => x.Chunk(d).SelectMany(p => y.Chunk(d), TestLatents.Distance).Average();
    }

    [TestMethod]
    public void PIsUniformWhereBothSamplesAreOfOneDistribution()
    {
        const int seeds = 200, n = 30, m = 20;
        double[] p = [.. Enumerable.Range(0, seeds).Select(s =>
            EnergyTest.Compare(Points((ulong)(2 * s), n), Points((ulong)(2 * s + 1), m), 2, (ulong)s, permutations: 99).P)];
        Array.Sort(p);
        double largest = Enumerable.Range(0, seeds).Max(i => Math.Max(p[i] - (i / (double)seeds), ((i + 1) / (double)seeds) - p[i]));

        // Kolmogorov and Smirnov's bound that chance exceeds once in a hundred, and a step of P.
        Assert.IsLessThan(1.63 / Math.Sqrt(seeds) + 0.01, largest, "distance from the uniform distribution");
    }

    [TestMethod]
    public void AShiftIsRejected()
    {
        double[] shifted = Array.ConvertAll(Points(2, 200), v => v + 0.5);
        Assert.AreEqual(0.005, EnergyTest.Compare(Points(1, 200), shifted, 2).P, 1e-12, "the least P of 199 permutations");
    }

    [TestMethod]
    public void AnotherWidthIsRejected()
    {
        double[] wide = Array.ConvertAll(Points(2, 200), v => 1.5 * v);
        Assert.AreEqual(0.005, EnergyTest.Compare(Points(1, 200), wide, 2).P, 1e-12, "the least P of 199 permutations");
    }

    [TestMethod]
    public void EqualSamplesHaveDistanceZeroAndPOne()
    {
        double[] a = Points(1, 20);
        EnergyTestResult result = EnergyTest.Compare(a, a, 2);
        Assert.AreEqual(0, result.Distance, 1e-14, "distance");
        Assert.AreEqual(1, result.P, "no relabelling is nearer");
        Assert.AreEqual(1, EnergyTest.Compare(new double[10], new double[6], 2).P, "all points at one place");
    }

    [TestMethod]
    public void TheSeedDecidesThePermutations()
    {
        double[] a = Points(1, 40), b = Array.ConvertAll(Points(2, 40), v => v + 0.2);
        Assert.AreEqual(EnergyTest.Compare(a, b, 2, seed: 5), EnergyTest.Compare(a, b, 2, seed: 5), "the same seed");
        Assert.AreNotEqual(EnergyTest.Compare(a, b, 2, seed: 5).P, EnergyTest.Compare(a, b, 2, seed: 6).P, "another seed");
    }

    [TestMethod]
    public void PointsThatCannotBeComparedAreRefused()
    {
        OneClearLine.Of(() => EnergyTest.Compare([], [1, 2], 2), "at least one");
        OneClearLine.Of(() => EnergyTest.Compare([1, 2, 3], [1, 2], 2), "2 finite values");
        OneClearLine.Of(() => EnergyTest.Compare([1, double.NaN], [1, 2], 2), "finite");
        OneClearLine.Of(() => EnergyTest.Compare([1, 2], [1, 2], 2, permutations: 0), "permutations");
    }

    private static double[] Points(ulong seed, int count) => TestLatents.Of(seed, 2 * count);
}
