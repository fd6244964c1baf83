using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>PNG files without compression.</summary>
[TestClass]
public sealed class StoredPngTests
{
    // 150x150 in colour takes two blocks of 64 KB.
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(5, 3, 1)]
    [DataRow(5, 3, 3)]
    [DataRow(150, 150, 3)]
    [DataRow(65534, 1, 1)]
    public void BothDecodersReadIt(int width, int height, int channels)
    {
        var image = new DecodedImage(width, height, channels, TestPixels.Random(width, width * height * channels));
        var png = StoredPng.Encode(image);
        foreach (var read in new[] { ImageCodec.Default.Decode(png, "x.png"), NetVipsCodec.DecodeWithVips(png) })
        {
            Assert.AreEqual((width, height, channels), (read.Width, read.Height, read.Channels), "size");
            CollectionAssert.AreEqual(image.Pixels, read.Pixels, "pixels");
        }
    }
}
