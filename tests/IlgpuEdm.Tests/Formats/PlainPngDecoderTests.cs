using IlgpuEdm.Formats;
using NetVips;

namespace IlgpuEdm.Tests.Formats;

/// <summary>The fast path for plain PNG files agrees with libvips and leaves it what is not plain.</summary>
[TestClass]
public sealed class PlainPngDecoderTests
{
    [TestMethod]
    [DataRow(1, 37, 23)]
    [DataRow(3, 37, 23)]
    [DataRow(1, 1, 1)]
    [DataRow(3, 300, 200)]
    public void EveryFilterGivesThePixelsOfLibvips(int channels, int width, int height)
    {
        var pixels = TestPixels.Smooth(width, height, channels);
        TestPixels.Random(1, Math.Min(50, pixels.Length)).CopyTo(pixels, 0);
        using var image = TestPixels.Vips(pixels, width, height, channels);
        foreach (var filter in new[]
        {
            Enums.ForeignPngFilter.None, Enums.ForeignPngFilter.Sub, Enums.ForeignPngFilter.Up,
            Enums.ForeignPngFilter.Avg, Enums.ForeignPngFilter.Paeth, Enums.ForeignPngFilter.All,
        })
        {
            foreach (var compression in new[] { 0, 9 })
            {
                var png = image.PngsaveBuffer(filter: filter, compression: compression);
                var decoded = PlainPngDecoder.TryDecode(png);
                Assert.IsNotNull(decoded, $"filter {filter}");
                Assert.AreEqual((width, height, channels), (decoded.Value.Width, decoded.Value.Height, decoded.Value.Channels), "size");
                CollectionAssert.AreEqual(pixels, decoded.Value.Pixels, $"filter {filter}");
                CollectionAssert.AreEqual(NetVipsCodec.DecodeWithVips(png).Pixels, decoded.Value.Pixels, $"filter {filter}, libvips");
            }
        }
    }

    [TestMethod]
    public void WhatIsNotPlainIsLeftToLibvips()
    {
        using var colour = TestPixels.Vips(TestPixels.Smooth(8, 8, 3), 8, 8, 3);
        using var grey = TestPixels.Vips(TestPixels.Smooth(8, 8, 1), 8, 8, 1);
        using var alpha = TestPixels.Vips(TestPixels.Smooth(8, 8, 4), 8, 8, 4);
        Assert.IsNull(PlainPngDecoder.TryDecode(alpha.PngsaveBuffer()), "alpha");
        Assert.IsNull(PlainPngDecoder.TryDecode(colour.PngsaveBuffer(palette: true)), "palette");
        Assert.IsNull(PlainPngDecoder.TryDecode(colour.PngsaveBuffer(interlace: true)), "interlaced");
        Assert.IsNull(PlainPngDecoder.TryDecode(grey.PngsaveBuffer(bitdepth: 4)), "four bits");
        CollectionAssert.AreEqual(
            TestPixels.Smooth(8, 8, 3), ImageCodec.Default.Decode(colour.PngsaveBuffer(interlace: true), "x").Pixels, "interlaced");
    }

    [TestMethod]
    public void DamageIsLeftToLibvips()
    {
        var png = ImageCodec.Default.EncodePng(TestPixels.Random(1, 300), 10, 10, 3);
        for (var length = 0; length < png.Length; length++)
        {
            Assert.IsNull(PlainPngDecoder.TryDecode(png.AsSpan(0, length)), $"cut to {length} bytes");
        }
        for (var i = 8; i < png.Length; i++)
        {
            var bytes = (byte[])png.Clone();
            bytes[i] ^= 0x04;
            Assert.IsNull(PlainPngDecoder.TryDecode(bytes), $"flip at byte {i}");
        }
    }
}
