using IlgpuEdm.Formats;
using NetVips;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Decoding and encoding images that are in order.</summary>
[TestClass]
public sealed class ImageCodecTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void PngsKeepEveryPixel(int channels)
    {
        var pixels = TestPixels.Random(7, 5 * 3 * channels);
        var png = ImageCodec.Default.EncodePng(pixels, 5, 3, channels);
        var decoded = ImageCodec.Default.Decode(png, "x.png");
        Assert.AreEqual((5, 3, channels), (decoded.Width, decoded.Height, decoded.Channels), "size");
        CollectionAssert.AreEqual(pixels, decoded.Pixels, "pixels");
    }

    [TestMethod]
    public void TheSamePixelsGiveTheSameBytes()
    {
        var pixels = TestPixels.Smooth(28, 28, 1);
        CollectionAssert.AreEqual(
            ImageCodec.Default.EncodePng(pixels, 28, 28, 1), ImageCodec.Default.EncodePng(pixels, 28, 28, 1), "two encodings");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void LosslessWebPsKeepEveryPixel(int channels)
    {
        var pixels = TestPixels.Smooth(16, 8, channels);
        using var image = TestPixels.Vips(pixels, 16, 8, channels);
        var decoded = ImageCodec.Default.Decode(image.WebpsaveBuffer(lossless: true), "x.webp");
        // WebP knows no grey.
        Assert.AreEqual((16, 8, 3), (decoded.Width, decoded.Height, decoded.Channels), "size");
        Assert.AreEqual(pixels[0], decoded.Pixels[0], "first pixel");
        Assert.AreEqual(pixels[^1], decoded.Pixels[^1], "last pixel");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void JpegsComeClose(int channels)
    {
        var pixels = TestPixels.Smooth(16, 8, channels);
        using var image = TestPixels.Vips(pixels, 16, 8, channels);
        var decoded = ImageCodec.Default.Decode(image.JpegsaveBuffer(q: 95), "x.jpg");
        Assert.AreEqual((16, 8, channels), (decoded.Width, decoded.Height, decoded.Channels), "size");
        for (var i = 0; i < pixels.Length; i++)
        {
            Assert.AreEqual(pixels[i], decoded.Pixels[i], 12.0, $"byte {i}");
        }
    }

    [TestMethod]
    public void AlphaIsLaidOnWhite()
    {
        using var colour = TestPixels.Vips([0, 100, 200, 0, 10, 20, 30, 255, 0, 0, 0, 127], 3, 1, 4);
        var decoded = ImageCodec.Default.Decode(colour.PngsaveBuffer(), "x.png");
        CollectionAssert.AreEqual(new byte[] { 255, 255, 255, 10, 20, 30, 128, 128, 128 }, decoded.Pixels, "colour");
        using var grey = TestPixels.Vips([50, 0, 50, 255], 2, 1, 2);
        decoded = ImageCodec.Default.Decode(grey.PngsaveBuffer(), "x.png");
        Assert.AreEqual(1, decoded.Channels, "channels of grey with alpha");
        CollectionAssert.AreEqual(new byte[] { 255, 50 }, decoded.Pixels, "grey");
    }

    [TestMethod]
    public void SixteenBitsAreCutToEight()
    {
        using var grey = Image.NewFromMemory(new ushort[] { 0, 0x12ff, 0xffff }, 3, 1, 1, Enums.BandFormat.Ushort)
            .Copy(interpretation: Enums.Interpretation.Grey16);
        var decoded = ImageCodec.Default.Decode(grey.PngsaveBuffer(), "x.png");
        CollectionAssert.AreEqual(new byte[] { 0, 0x12, 0xff }, decoded.Pixels, "grey");
        using var colour = Image.NewFromMemory(new ushort[] { 0, 0x12ff, 0xffff }, 1, 1, 3, Enums.BandFormat.Ushort)
            .Copy(interpretation: Enums.Interpretation.Rgb16);
        decoded = ImageCodec.Default.Decode(colour.PngsaveBuffer(), "x.png");
        CollectionAssert.AreEqual(new byte[] { 0, 0x12, 0xff }, decoded.Pixels, "colour");
    }

    [TestMethod]
    public void PalettesBecomeColour()
    {
        byte[] pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0];
        using var image = TestPixels.Vips(pixels, 2, 2, 3);
        var png = image.PngsaveBuffer(palette: true, dither: 0);
        Assert.AreEqual(3, png[25], "colour type of the file");
        CollectionAssert.AreEqual(pixels, ImageCodec.Default.Decode(png, "x.png").Pixels, "pixels");
    }

    [TestMethod]
    public void OneBitPngsAreBlackAndWhite()
    {
        using var image = TestPixels.Vips([0, 255, 255, 0], 2, 2, 1);
        var decoded = ImageCodec.Default.Decode(image.PngsaveBuffer(bitdepth: 1), "x.png");
        CollectionAssert.AreEqual(new byte[] { 0, 255, 255, 0 }, decoded.Pixels, "pixels");
    }

    [TestMethod]
    public void WrongSizesForEncodingAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ImageCodec.Default.EncodePng(new byte[5], 2, 2, 1));
        Assert.ThrowsExactly<ArgumentException>(() => ImageCodec.Default.EncodePng(new byte[8], 2, 2, 2));
        Assert.ThrowsExactly<ArgumentException>(() => ImageCodec.Default.EncodePng([], 0, 2, 1));
    }

    [TestMethod]
    public void ManyThreadsMayDecodeAtOnce()
    {
        var images = Enumerable.Range(0, 64).Select(i => TestPixels.Random(i, 28 * 28 * 3)).ToArray();
        var codec = ImageCodec.Default;
        var pngs = images.AsParallel().AsOrdered().Select(p => codec.EncodePng(p, 28, 28, 3)).ToArray();
        var decoded = pngs.AsParallel().AsOrdered().Select(p => codec.Decode(p, "x").Pixels).ToArray();
        for (var i = 0; i < images.Length; i++)
        {
            CollectionAssert.AreEqual(images[i], decoded[i], $"image {i}");
        }
    }
}
