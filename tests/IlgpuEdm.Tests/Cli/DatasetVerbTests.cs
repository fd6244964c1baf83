using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Data.Conversion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>dataset convert</c> and <c>dataset get</c>, and training on what they make.</summary>
[TestClass]
public class DatasetVerbTests
{
    private const int Images = 24;

    [TestMethod]
    public void A_folder_of_JPEGs_of_mixed_sizes_converts_and_trains()
    {
        using var temp = new TemporaryFolder();
        for (int i = 0; i < Images; i++)
        {
            (int width, int height) = (10 + (i % 5), 9 + (i % 7));
            using var image = TestPixels.Vips(TestPixels.Smooth(width, height, 3), width, height, 3);
            temp.Write(image.JpegsaveBuffer(), "photos", i % 2 == 0 ? "even" : "odd", $"{i:D2}.jpg");
        }

        ConvertAndTrain(temp, Path.Combine(temp.Path, "photos"), "2", "--resolution", "8x8", "--transform", "center-crop");
    }

    [TestMethod]
    public void A_Parquet_file_converts_and_trains()
    {
        using var temp = new TemporaryFolder();
        byte[][] images = [.. Enumerable.Range(0, Images).Select(i => TestData.Png(i, 8, 8))];
        long?[] labels = [.. Enumerable.Range(0, Images).Select(i => (long?)(i % 3))];
        ConvertAndTrain(temp, temp.Write(TestParquet.Write(images, labels, rowsInGroup: 10), "train.parquet"), "3");
    }

    [TestMethod]
    public void IDX_files_convert_and_train()
    {
        using var temp = new TemporaryFolder();
        temp.Write(TestData.Gzip(TestData.IdxImages(TestData.Pixels(1, Images * 64), Images, 8, 8)), "idx", "train-images-idx3-ubyte.gz");
        temp.Write(TestData.IdxLabels([.. Enumerable.Range(0, Images).Select(i => (byte)(i % 4))]), "idx", "train-labels-idx1-ubyte");
        ConvertAndTrain(temp, Path.Combine(temp.Path, "idx"), "4");
    }

    [TestMethod]
    public void An_npz_file_converts_and_trains()
    {
        using var temp = new TemporaryFolder();
        string path = temp.File("set.npz");
        NpzFile.Write(path, new Dictionary<string, NumpyArray>
        {
            ["images"] = NpyFile.Array(TestData.Pixels(1, Images * 64 * 3), Images, 8, 8, 3),
            ["labels"] = NpyFile.Array([.. Enumerable.Range(0, Images).Select(i => (long)(i % 3))], Images),
        });
        ConvertAndTrain(temp, path, "3");
    }

    [TestMethod]
    public void One_hot_vectors_train_like_classes()
    {
        using var temp = new TemporaryFolder();
        string classes = Labelled(temp, "classes", i => $"{i % 2}");
        string vectors = Labelled(temp, "vectors", i => i % 2 == 0 ? "[1,0]" : "[0,1]");
        string one = TinyData.Train(classes, temp.File("one"), 32, "--cond", "--label-dropout", "0.3");
        string two = TinyData.Train(vectors, temp.File("two"), 32, "--cond", "--label-dropout", "0.3");
        CollectionAssert.AreEqual(File.ReadAllBytes(TinyData.Snapshot(one)), File.ReadAllBytes(TinyData.Snapshot(two)), "snapshot");
        StringAssert.Contains(Cli.Run("info", vectors).Output, "vectors of 2 numbers", "what info says");
        Cli.Run("classifier", "train", "--data", vectors, "--out", temp.File("c"), "--device", "cpu")
            .AssertOneLine(1, "labels are vectors");
    }

    [TestMethod]
    public void Broken_images_are_named_and_end_it_with_1()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        temp.Write([1, 2, 3], "images", "bad.png");
        string[] command = ["dataset", "convert", "--source", data, "--dest", temp.File("out.zip")];
        CliResult failed = Cli.Run(command);
        Assert.AreEqual(1, failed.Code, failed.Error);
        StringAssert.Contains(failed.Output, "bad.png", "named");
        StringAssert.Contains(failed.Error, "1 of 21 images are broken", "counted");
        CliResult skipped = Cli.Run([.. command, "--skip-broken", "--max-images", "21"]);
        Assert.AreEqual(0, skipped.Code, skipped.Error);
        StringAssert.Matches(skipped.Output, new("left out, broken +1"), "the summary");
    }

    [TestMethod]
    public void A_download_of_an_unknown_name_is_one_line() =>
        Cli.Run("dataset", "get", "imagenet").AssertOneLine(1, "'imagenet'", "cifar10, fashion-mnist, mnist, inception");

    [TestMethod]
    [DataRow("dataset", "command", "ilgpu-edm dataset --help")]
    [DataRow("dataset get", "argument", "ilgpu-edm dataset get --help")]
    [DataRow("dataset convert --source x", "--dest", "ilgpu-edm dataset convert --help")]
    [DataRow("dataset convert --source x --dest y --resolution 64", "--resolution '64'", "such as 64x64")]
    [DataRow("dataset convert --source x --dest y --resolution 0x64", "--resolution '0x64'", "such as 64x64")]
    [DataRow("dataset convert --source x --dest y --transform crop", "--transform 'crop'", "none, center-crop, center-crop-wide")]
    [DataRow("dataset convert --source x --dest y --max-images 0", "--max-images '0'", "at least 1")]
    public void Wrong_usage_is_one_line(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(2, first, second);

    private static void ConvertAndTrain(TemporaryFolder temp, string source, string classes, params string[] more)
    {
        string zip = temp.File("out", "set.zip");
        CliResult converted = Cli.Run(["dataset", "convert", "--source", source, "--dest", zip, .. more]);
        Assert.AreEqual(0, converted.Code, converted.Error);
        StringAssert.Matches(converted.Output, new($"images +{Images}\n"), "images");
        StringAssert.Matches(converted.Output, new($"labels +{classes}\n"), "labels");
        using (ImageSource images = ImageSources.Open(source))
        using (IImageDataset data = Datasets.Open(zip))
        {
            AssertSame(images, data, resized: more.Length > 0);
        }

        string run = TinyData.Train(zip, temp.File("runs"), 200, "--cond");
        Assert.IsTrue(File.Exists(TinyData.Snapshot(run)), "a snapshot");
    }

    // Pixels as they were, unless they were resized, and labels.
    private static void AssertSame(ImageSource source, IImageDataset data, bool resized)
    {
        long i = 0;
        foreach (SourceImage image in source.Images())
        {
            if (!resized)
            {
                CollectionAssert.AreEqual(image.Decode().Pixels, data.Image(i), $"image {i}");
            }

            Assert.AreEqual(source.Labels!.Class(i), data.Label(i), $"label {i}");
            i++;
        }

        Assert.AreEqual(i, data.Count, "images");
    }

    private static string Labelled(TemporaryFolder temp, string name, Func<int, string> label)
    {
        using var shapes = new ProceduralShapes(8, 8, 1, 10);
        byte[] pixels = new byte[64];
        for (int i = 0; i < 10; i++)
        {
            shapes.ReadImage(i, pixels);
            temp.Write(ImageCodec.Default.EncodePng(pixels, 8, 8, 1), name, $"{i}.png");
        }

        string json = $"{{\"labels\":[{string.Join(',', Enumerable.Range(0, 10).Select(i => $"[\"{i}.png\",{label(i)}]"))}]}}";
        temp.Write(System.Text.Encoding.UTF8.GetBytes(json), name, "dataset.json");
        return Path.Combine(temp.Path, name);
    }
}
