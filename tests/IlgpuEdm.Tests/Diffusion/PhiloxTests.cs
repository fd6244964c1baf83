using IlgpuEdm.Kernels;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Philox 4x32-10 against the published known-answer vectors, and its conversions at their ends.</summary>
[TestClass]
public class PhiloxTests
{
    [TestMethod]
    public void ZeroCounterAndKey() =>
        AssertBlock(Philox.Block(0, 0, 0, 0, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);

    [TestMethod]
    public void AllOnesCounterAndKey()
    {
        const uint ones = uint.MaxValue;
        AssertBlock(Philox.Block(ones, ones, ones, ones, ones, ones), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    }

    [TestMethod]
    public void PiDigitsCounterAndKey() =>
        AssertBlock(
            Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0),
            0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);

    [TestMethod]
    public void UnitFloatsStayStrictlyBetweenZeroAndOne()
    {
        Assert.AreEqual(MathF.ScaleB(1, -25), Philox.ToUnit(0), 1e-14f, "the lowest word is half a step above 0");
        Assert.IsTrue(Philox.ToUnit(0) > 0f, "the lowest word must not give 0: ln(0) is infinite");
        Assert.IsTrue(Philox.ToUnit(uint.MaxValue) < 1f, "the uppermost word must not round to 1");
        Assert.AreEqual(0.5f, Philox.ToUnit(0x80000000), 1e-7f, "the middle word");
    }

    [TestMethod]
    public void UnitDoublesStayStrictlyBetweenZeroAndOne()
    {
        Assert.AreEqual(Math.ScaleB(1, -33), Philox.ToUnitDouble(0), "the lowest word is exactly half a step above 0");
        Assert.AreEqual(1 - Math.ScaleB(1, -33), Philox.ToUnitDouble(uint.MaxValue), "the uppermost word, exactly");
    }

    private static void AssertBlock(PhiloxBlock actual, uint x, uint y, uint z, uint w)
    {
        Assert.AreEqual($"{x:x8} {y:x8} {z:x8} {w:x8}", $"{actual.X:x8} {actual.Y:x8} {actual.Z:x8} {actual.W:x8}", "Philox 4x32-10");
    }
}
