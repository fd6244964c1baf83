using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>How images are laid out for the network.</summary>
[TestClass]
public sealed class ClassifierInputTests
{
    private static readonly ClassifierOptions Small =
        new() { Height = 2, Width = 3, ImageChannels = 1, Classes = 2, Halvings = 2 };

    [TestMethod]
    public void AnImageLiesInTheMiddleOfZeros() =>
        CollectionAssert.AreEqual(
            new float[] { 0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0 }, Place([1, 2, 3, 4, 5, 6], 0, 0), "2x3 in 4x4");

    [TestMethod]
    public void AMovedImageRepeatsItsEdge() =>
        CollectionAssert.AreEqual(
            new float[] { 0, 0, 0, 0, 1, 1, 2, 0, 1, 1, 2, 0, 0, 0, 0, 0 }, Place([1, 2, 3, 4, 5, 6], 1, 1), "down and right by one");

    [TestMethod]
    public void BytesComeOnTheScaleOfNetworks()
    {
        var target = new float[16];
        ClassifierInput.Place(Small, (byte[])[0, 255, 0, 0, 0, 0], target);
        Assert.AreEqual(-1f, target[4], "black");
        Assert.AreEqual(1f, target[5], "white");
    }

    [TestMethod]
    [DataRow(12, 2)]
    [DataRow(28, 3)]
    [DataRow(32, 3)]
    [DataRow(64, 4)]
    [DataRow(256, 6)]
    [DataRow(2, 2)]
    public void HalvingsLeaveAFewPixels(int size, int halvings) =>
        Assert.AreEqual(halvings, ClassifierOptions.For(size, 2 * size, 3, 10).Halvings, "of the shorter side");

    private static float[] Place(float[] image, int down, int right)
    {
        var target = new float[16];
        ClassifierInput.Place(Small, image, down, right, target);
        return target;
    }
}
