using System.Buffers.Binary;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Formats;
using NetVips;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>The decoders of images, the larger part of them in native code.</summary>
internal static class ImageTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } = [Target("png", "x.png", Png), Target("image", "x.jpg", Images)];

    private static FuzzTarget Target(string name, string file, Func<byte[][]> seeds) =>
        new(name, seeds, bytes => ImageCodec.Default.Decode(bytes, file))
        {
            IsNative = true,
            NamesInErrors = file,
            Repair = Repairs.Png,
        };

    private static byte[][] Png()
    {
        using var colour = TestPixels.Vips(TestPixels.Smooth(17, 13, 3), 17, 13, 3);
        using var alpha = TestPixels.Vips(TestPixels.Smooth(17, 13, 4), 17, 13, 4);
        using var deep = TestPixels.Vips(TestPixels.Smooth(17, 13, 1), 17, 13, 1).Cast(Enums.BandFormat.Ushort);
        return
        [
            StoredPng.Encode(new DecodedImage(9, 7, 1, TestData.Pixels(1, 63))),
            TestData.Png(1),
            colour.PngsaveBuffer(interlace: true),
            colour.PngsaveBuffer(palette: true),
            alpha.PngsaveBuffer(),
            deep.PngsaveBuffer(),
        ];
    }

    private static byte[][] Images()
    {
        using var colour = TestPixels.Vips(TestPixels.Smooth(17, 13, 3), 17, 13, 3);
        using var grey = TestPixels.Vips(TestPixels.Random(1, 221), 17, 13, 1);
        var bmp = new byte[54 + (3 * 4 * 2)];
        "BM"u8.CopyTo(bmp);
        foreach (var (at, value) in new[] { (2, bmp.Length), (10, 54), (14, 40), (18, 3), (22, 2), (26, 1), (28, 24) })
        {
            BinaryPrimitives.WriteInt16LittleEndian(bmp.AsSpan(at), (short)value);
        }
        return
        [
            colour.JpegsaveBuffer(), grey.JpegsaveBuffer(interlace: true), colour.WebpsaveBuffer(), grey.WebpsaveBuffer(lossless: true),
            bmp,
            .. Png(),
        ];
    }
}
