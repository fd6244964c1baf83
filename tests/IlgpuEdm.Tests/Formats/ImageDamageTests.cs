using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Damaged images give one clear line that names the file.</summary>
[TestClass]
public sealed class ImageDamageTests
{
    [TestMethod]
    public void APngCutOffAnywhereIsRefused()
    {
        var png = ImageCodec.Default.EncodePng(TestPixels.Random(1, 28 * 28), 28, 28, 1);
        // What follows the pixels is the end mark alone (12 bytes) and the last checksum (4 bytes).
        for (var length = 0; length < png.Length - 16; length += 3)
        {
            OneClearLine.Of(() => ImageCodec.Default.Decode(png.AsSpan(0, length), "broken.png"), "broken.png");
        }
    }

    [TestMethod]
    public void AFlippedByteInThePixelsIsRefused()
    {
        var png = ImageCodec.Default.EncodePng(TestPixels.Random(1, 28 * 28), 28, 28, 1);
        for (var i = 60; i < png.Length - 20; i += 37)
        {
            var bytes = (byte[])png.Clone();
            bytes[i] ^= 0x10;
            OneClearLine.Of(() => ImageCodec.Default.Decode(bytes, "broken.png"), "broken.png");
        }
    }

    [TestMethod]
    public void JpegsAndWebPsCutOffAreRefused()
    {
        using var image = TestPixels.Vips(TestPixels.Random(2, 64 * 64 * 3), 64, 64, 3);
        foreach (var data in new[] { image.JpegsaveBuffer(), image.WebpsaveBuffer() })
        {
            foreach (var percent in new[] { 1, 10, 50, 90 })
            {
                var cut = data[..(data.Length * percent / 100)];
                OneClearLine.Of(() => ImageCodec.Default.Decode(cut, "broken"), "broken");
            }
        }
    }

    [TestMethod]
    public void WhatIsNoImageIsRefused()
    {
        OneClearLine.Of(() => ImageCodec.Default.Decode("plain text, not an image"u8, "notes.txt"), "notes.txt", "not a PNG");
        OneClearLine.Of(() => ImageCodec.Default.Decode([], "empty.png"), "empty.png");
        OneClearLine.Of(() => ImageCodec.Default.Decode("<svg xmlns='http://www.w3.org/2000/svg'/>"u8, "x.svg"), "x.svg");
    }

    // Found by fuzzing: with a right checksum libvips took 20 s and 100 million pixels before it said no.
    [TestMethod]
    public void ASizeThatTheFileCannotHoldIsRefusedAtOnce()
    {
        using var image = TestPixels.Vips(TestPixels.Smooth(17, 13, 4), 17, 13, 4);
        var png = image.PngsaveBuffer();
        png[17] = 0x75;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32.Compute(png.AsSpan(12, 17)));
        OneClearLine.Of(() => ImageCodec.Default.Decode(png, "huge.png"), "huge.png", "7667729x13 pixels cannot lie in");
    }

    [TestMethod]
    public void AHugeSizeInTheHeaderIsRefused()
    {
        var png = ImageCodec.Default.EncodePng(new byte[4], 2, 2, 1);
        png[16] = 0x7f;
        OneClearLine.Of(() => ImageCodec.Default.Decode(png, "huge.png"), "huge.png");
    }
}
