using IlgpuEdm.Kernels.Augmentation;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>The properties that make the taps those of the wavelet sym6, in float32.</summary>
[TestClass]
public sealed class Sym6Tests
{
    private const double Tolerance = 1e-7;

    private static readonly double[] Taps =
    [
        Sym6.Tap0, Sym6.Tap1, Sym6.Tap2, Sym6.Tap3, Sym6.Tap4, Sym6.Tap5, Sym6.Tap6, Sym6.Tap7, Sym6.Tap8, Sym6.Tap9, Sym6.Tap10,
        Sym6.Tap11,
    ];

    [TestMethod]
    public void TheTapsAddUpToTheSquareRootOfTwo() => Assert.AreEqual(Math.Sqrt(2), Taps.Sum(), Tolerance);

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void TheTapsAreOrthonormalToTheirShiftsByTwo(int shift) =>
        Assert.AreEqual(shift == 0 ? 1 : 0, Taps.Skip(2 * shift).Zip(Taps, (a, b) => a * b).Sum(), Tolerance);

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void SixMomentsOfTheHighPassVanish(int power)
    {
        // Places about the middle of the filter, so that rounding of the taps is not magnified more than it must be.
        double moment = Taps.Select((tap, i) => (i % 2 == 0 ? 1 : -1) * Math.Pow((i - 5.5) / 5.5, power) * tap).Sum();
        Assert.AreEqual(0, moment, Tolerance);
    }
}
