using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>The scale of pixels, and grids of images.</summary>
[TestClass]
public sealed class PixelTests
{
    [TestMethod]
    public void BytesComeBackFromTheUnitScale()
    {
        Assert.AreEqual(-1f, PixelScale.ToUnit(0), "black");
        Assert.AreEqual(1f, PixelScale.ToUnit(255), "white");
        for (var v = 0; v < 256; v++)
        {
            Assert.AreEqual(v, PixelScale.ToByte(PixelScale.ToUnit((byte)v)), $"byte {v}");
        }
    }

    [TestMethod]
    [DataRow(0.0, 128)]
    [DataRow(-1.0, 0)]
    [DataRow(1.0, 255)]
    [DataRow(7.0, 255)]
    [DataRow(-7.0, 0)]
    [DataRow(double.NaN, 0)]
    [DataRow(double.PositiveInfinity, 255)]
    [DataRow(0.00783, 128)]
    [DataRow(0.00785, 129)]
    public void ValuesAreShiftedClippedAndCutOff(double value, int expected) =>
        Assert.AreEqual(expected, PixelScale.ToByte(value), $"value {value}");

    [TestMethod]
    public void AGridLaysImagesRowByRow()
    {
        byte[][] images = [[1, 2], [3, 4], [5, 6]];
        var (pixels, width, height) = ImageGrid.Compose(images, 2, 1, 1, 2);
        Assert.AreEqual((4, 2), (width, height), "size");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6, 0, 0 }, pixels, "pixels");
    }

    [TestMethod]
    public void AGridOfColourKeepsChannelsTogether()
    {
        byte[][] images = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]];
        var (pixels, width, height) = ImageGrid.Compose(images, 1, 2, 3, 8);
        Assert.AreEqual((2, 2), (width, height), "size");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 7, 8, 9, 4, 5, 6, 10, 11, 12 }, pixels, "pixels");
    }

    [TestMethod]
    public void AGridRefusesWrongImages()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ImageGrid.Compose([], 1, 1, 1, 1));
        Assert.ThrowsExactly<ArgumentException>(() => ImageGrid.Compose([[1]], 1, 2, 1, 1));
    }
}
