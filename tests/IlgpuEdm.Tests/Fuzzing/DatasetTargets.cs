using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Data.Conversion;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>The readers of data sets.</summary>
internal static class DatasetTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.OfFile("idx", "train-images-idx3-ubyte", Idx, Open),
        FuzzTarget.OfFile("cifar", "x.bin", Cifar, Open),
        FuzzTarget.OfFile("tar", "set.tar.gz", Tar, Open),
        InTar(FuzzTarget.OfFile("cifar-python", "set.tar", Python, Open)),
        FuzzTarget.OfFile("arrays", "x.npz", Arrays, Convert) with { Repair = Repairs.Zip },
        FuzzTarget.OfFile("zip", "set.zip", Zip, Open) with { Repair = Repairs.Zip },
        Labels(),
        FuzzTarget.OfFile("parquet", "x.parquet", Parquet, Convert),
    ];

    private static void Open(string path)
    {
        using var data = Datasets.Open(path);
        var pixels = new byte[data.Height * data.Width * data.Channels];
        data.ReadImage(data.Count - 1, pixels);
    }

    private static void Convert(string path)
    {
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

    // The inputs are what lies in an archive.
    private static FuzzTarget InTar(FuzzTarget target) =>
        target with { Read = bytes => target.Read(TestData.Tar(("x/data_batch_1", bytes))) };

    private static FuzzTarget Labels()
    {
        byte[] one = TestData.Png(1), two = TestData.Png(2);
        var zip = FuzzTarget.OfFile("labels", "labels.zip", () => [], Open);
        return FuzzTarget.OfJson(
            zip.Name,
            () =>
            [
                """{"labels": [["a.png", 6], ["b.png", 9]]}""",
                """{"labels": [["a.png", [0.5, -1e3]], ["b.png", [9, 0]]]}""",
                """{"labels": null}""",
            ],
            bytes => zip.Read(TestData.Zip(("a.png", one), ("b.png", two), ("dataset.json", bytes)))) with
        { NamesInErrors = zip.NamesInErrors };
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
        var path = FuzzFolder.File("arrays", "seed.npz");
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

    private static byte[][] Parquet()
    {
        byte[][] images = [TestData.Png(0), TestData.Png(1), TestData.Png(2), TestData.Png(3)];
        long?[] labels = [0, 1, 2, 1];
        return
        [
            TestParquet.Write(images, labels),
            TestParquet.Write(images, labels, global::Parquet.CompressionMethod.None),
            TestParquet.Write([images[0], null], null, global::Parquet.CompressionMethod.Gzip),
            TestParquet.Write(images, labels, global::Parquet.CompressionMethod.Zstd, 4),
        ];
    }
}
