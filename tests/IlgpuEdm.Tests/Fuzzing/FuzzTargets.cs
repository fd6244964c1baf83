using System.Buffers.Binary;
using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Data.Conversion;
using IlgpuEdm.Tests.Formats;
using NetVips;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>The readers of data sets. Those of files read one that is written over again and again.</summary>
internal static class FuzzTargets
{
    private static readonly string Scratch = Directory.CreateTempSubdirectory("ilgpu-edm-fuzz-").FullName;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("idx", Idx, bytes => Open("train-images-idx3-ubyte", bytes)),
        new("cifar", Cifar, bytes => Open("data_batch_1.bin", bytes)),
        new("tar", Tar, bytes => Open("set.tar.gz", bytes)),
        new("cifar-python", Python, bytes => Open("set.tar", TestData.Tar(("x/data_batch_1", bytes)))),
        new("arrays", Arrays, bytes => Convert("x.npz", bytes)),
        new("zip", Zip, bytes => Open("set.zip", bytes)),
        new("labels", Labels, bytes => Open("labels.zip", TestData.Zip(
            ("a.png", TestData.Png(1)), ("b.png", TestData.Png(2)), ("dataset.json", bytes)))),
        new("parquet", Parquet, bytes => Convert("x.parquet", bytes)),
        new("png", Png, bytes => ImageCodec.Default.Decode(bytes, "x.png")) { Repair = RepairPng },
        new("image", Images, bytes => ImageCodec.Default.Decode(bytes, "x.jpg")) { Repair = RepairPng },
    ];

    public static FuzzTarget Named(string name) => All.FirstOrDefault(t => t.Name == name)
        ?? throw new ArgumentException($"there is no reader '{name}'; there are {string.Join(", ", All.Select(t => t.Name))}");

    /// <summary>Removes what the readers left.</summary>
    public static void Clean() => Directory.Delete(Scratch, recursive: true);

    private static void Open(string name, byte[] bytes)
    {
        var path = Path.Combine(Scratch, $"{Environment.CurrentManagedThreadId}-{name}");
        File.WriteAllBytes(path, bytes);
        using var data = Datasets.Open(path);
        var pixels = new byte[data.Height * data.Width * data.Channels];
        data.ReadImage(data.Count - 1, pixels);
    }

    private static void Convert(string name, byte[] bytes)
    {
        var path = Path.Combine(Scratch, $"{Environment.CurrentManagedThreadId}-{name}");
        File.WriteAllBytes(path, bytes);
        using var source = ImageSources.Open(path);
        foreach (var image in source.Images())
        {
            try
            {
                image.Decode();
            }
            catch (EdmException)
            {
                // One broken image does not end a conversion.
            }
        }
    }

    private static byte[][] Idx() =>
    [
        TestData.IdxImages(TestData.Pixels(1, 60), 3, 5, 4),
        TestData.IdxImages(TestData.Pixels(1, 120), 2, 5, 4, 3),
        TestData.Gzip(TestData.IdxImages(TestData.Pixels(1, 60), 3, 5, 4)),
    ];

    private static byte[][] Cifar()
    {
        var hundred = new byte[3074];
        hundred[1] = 99;
        return [TestData.CifarBatch(2, 1), hundred];
    }

    private static byte[][] Tar()
    {
        var tar = TestData.Tar(("x/data_batch_1.bin", TestData.CifarBatch(1, 1)), ("x/readme", [1, 2]));
        return [tar, TestData.Gzip(tar)];
    }

    private static byte[][] Python() => [TestData.CifarPickle(2, 10, "labels", TestData.Pixels(1, 6144))];

    private static byte[][] Arrays()
    {
        var path = Path.Combine(Scratch, "seed.npz");
        NpzFile.Write(path, new Dictionary<string, NumpyArray>
        {
            ["images"] = NpyFile.Array(TestData.Pixels(1, 72), 2, 3, 4, 3),
            ["labels"] = NpyFile.Array([1L, 0], 2),
        });
        return [File.ReadAllBytes(path)];
    }

    private static byte[][] Zip()
    {
        var files = new[] { ("x/a.png", TestData.Png(1)), ("y/b.png", TestData.Png(2)) };
        return [TestData.Zip(files), TestData.Zip([.. files, ("dataset.json", """{"labels":null}"""u8.ToArray())])];
    }

    private static byte[][] Labels() =>
    [
        """{"labels": [["a.png", 6], ["b.png", 9]]}"""u8.ToArray(),
        """{"labels": [["a.png", [0.5, -1e3]], ["b.png", [9, 0]]]}"""u8.ToArray(),
        """{"labels": null}"""u8.ToArray(),
    ];

    private static byte[][] Parquet()
    {
        byte[][] images = [TestData.Png(0), TestData.Png(1), TestData.Png(2), TestData.Png(3)];
        long?[] labels = [0, 1, null, 1];
        labels[2] = 2;
        return
        [
            TestParquet.Write(images, labels),
            TestParquet.Write(images, labels, global::Parquet.CompressionMethod.None),
            TestParquet.Write([images[0], null], null, global::Parquet.CompressionMethod.Gzip),
            TestParquet.Write(images, labels, global::Parquet.CompressionMethod.Zstd, 4),
        ];
    }

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

    // Makes the checksums of a PNG's chunks right again.
    private static void RepairPng(byte[] bytes)
    {
        for (var at = 8; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12)
            {
                return;
            }
            var end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(end), Crc32.Compute(bytes.AsSpan(at + 4, (int)length + 4)));
            at = end + 4;
        }
    }
}
