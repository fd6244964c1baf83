using System.Buffers.Binary;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>BMP files, laid out byte by byte here.</summary>
[TestClass]
public sealed class BmpDecoderTests
{
    [TestMethod]
    public void TwentyFourBitsFromBottomToTop()
    {
        // Two rows of one pixel, each padded to 4 bytes, in blue, green, red.
        var bmp = Bmp(1, 2, 24, 0, [], [3, 2, 1, 0, 6, 5, 4, 0]);
        var decoded = ImageCodec.Default.Decode(bmp, "x.bmp");
        Assert.AreEqual((1, 2, 3), (decoded.Width, decoded.Height, decoded.Channels), "size");
        CollectionAssert.AreEqual(new byte[] { 4, 5, 6, 1, 2, 3 }, decoded.Pixels, "pixels");
    }

    [TestMethod]
    public void ThirtyTwoBitsFromTopToBottom()
    {
        var bmp = Bmp(1, -2, 32, 0, [], [3, 2, 1, 0, 6, 5, 4, 9]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6 }, ImageCodec.Default.Decode(bmp, "x.bmp").Pixels, "pixels");
    }

    [TestMethod]
    public void AGreyPaletteGivesOneChannel()
    {
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(i => new byte[] { (byte)i, (byte)i, (byte)i, 0 })];
        var decoded = ImageCodec.Default.Decode(Bmp(3, 1, 8, 0, palette, [7, 200, 0, 0]), "x.bmp");
        Assert.AreEqual(1, decoded.Channels, "channels");
        CollectionAssert.AreEqual(new byte[] { 7, 200, 0 }, decoded.Pixels, "pixels");
    }

    [TestMethod]
    [DataRow(1, (byte)0b01000000)]
    [DataRow(4, (byte)0x01)]
    public void FewBitsIndexAColourPalette(int bits, byte row)
    {
        var palette = new byte[(1 << bits) * 4];
        palette[6] = 255;
        var decoded = ImageCodec.Default.Decode(Bmp(2, 1, bits, 0, palette, [row, 0, 0, 0]), "x.bmp");
        CollectionAssert.AreEqual(new byte[] { 0, 0, 0, 255, 0, 0 }, decoded.Pixels, "pixels");
    }

    [TestMethod]
    public void EveryTruncationIsFound()
    {
        var bmp = Bmp(3, 2, 8, 0, new byte[1024], new byte[8]);
        for (var length = 2; length < bmp.Length; length++)
        {
            OneClearLine.Of(() => ImageCodec.Default.Decode(bmp.AsSpan(0, length), "cut.bmp"), "cut.bmp", "cut off");
        }
    }

    [TestMethod]
    public void WhatIsNotSupportedIsNamed()
    {
        OneClearLine.Of(() => ImageCodec.Default.Decode(Bmp(1, 1, 8, 1, new byte[1024], new byte[4]), "x.bmp"), "compression 1");
        OneClearLine.Of(() => ImageCodec.Default.Decode(Bmp(1, 1, 16, 0, [], new byte[4]), "x.bmp"), "16 bits");
        OneClearLine.Of(() => ImageCodec.Default.Decode(Bmp(0, 1, 24, 0, [], new byte[4]), "x.bmp"), "0x1");
        OneClearLine.Of(() => ImageCodec.Default.Decode(Bmp(int.MaxValue, int.MinValue, 24, 0, [], new byte[4]), "x.bmp"), "too many");
    }

    private static byte[] Bmp(int width, int height, int bits, int compression, byte[] palette, byte[] rows)
    {
        var header = new byte[54];
        header[0] = (byte)'B';
        header[1] = (byte)'M';
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(2), header.Length + palette.Length + rows.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(10), header.Length + palette.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), height);
        header[26] = 1;
        header[28] = (byte)bits;
        header[30] = (byte)compression;
        return [.. header, .. palette, .. rows];
    }
}
