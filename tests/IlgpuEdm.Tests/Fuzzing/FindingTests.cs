using System.Text.Json;
using System.Text.RegularExpressions;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>What fuzzing found, as fixed cases; those of Parquet are in ParquetCheckTests.</summary>
[TestClass]
public sealed class FindingTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ImagesThatAreNotThereTakeNoMemory(bool packed)
    {
        using var folder = new TemporaryFolder();
        var bytes = TestData.IdxImages(TestData.Pixels(1, 60), 0x00800003, 5, 4);
        var path = folder.Write(packed ? TestData.Gzip(bytes) : bytes, "train-images-idx3-ubyte");
        var before = GC.GetAllocatedBytesForCurrentThread();
        OneClearLine.Of(() => Datasets.Open(path).Dispose(), path, "of 8388611", "truncated");
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before, "bytes");
    }

    [TestMethod]
    public void HalfACharacterInMetadataIsShownAsItIs()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        new SafetensorsWriter().Metadata("note", """{"a":"\ud800"}""").Add("x", new float[1], 1).WriteTo(path);
        Assert.Contains(("note.a", "\"\\ud800\""), PathDescription.Of(path));
    }

    [TestMethod]
    [DataRow("\"type\": \"song_unet\",", "", "damaged", DisplayName = "a network of no kind")]
    [DataRow("\"model_channels\": 32", "\"model_channels\": 7", "--channels 7", DisplayName = "a network that cannot be")]
    [DataRow("\"description\": \"\"", "\"description\": \"a\\nb\"", "--desc 'a; b'", DisplayName = "two lines")]
    [DataRow("\"data_name\": \"fake\"", "\"data_name\": \"\\ud800\"", "damaged", DisplayName = "half a character")]
    public void DamagedOptionsOfARunAreOneLine(string whole, string damaged, string word)
    {
        using var folder = new TemporaryFolder();
        var text = JsonSerializer.Serialize(FakeRun.Options(), RunJson.Indented);
        Assert.Contains(whole, text);
        var path = folder.File("options.json");
        File.WriteAllText(path, text.Replace(whole, damaged, StringComparison.Ordinal));
        OneClearLine.Of(() => RunFolder.ReadOptions(folder.Path), path, word);
    }

    [TestMethod]
    public void AnInfiniteLossInTheStatisticsIsDamage()
    {
        using var folder = new TemporaryFolder();
        var run = FakeRun.Train(folder.Path, FakeRun.Options(), new FakeModel()).Folder;
        var path = Path.Combine(run, "stats.jsonl");
        var text = File.ReadAllText(path);
        File.WriteAllText(path, Regex.Replace(text, "\"loss\":[^,]+", "\"loss\":1e999", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var told = new List<string>();
        new StatisticsFiles(run).CutBack(long.MaxValue, long.MaxValue, told.Add);
        Assert.HasCount(1, told, "lines");
        Assert.AreEqual("", File.ReadAllText(path), "what is left");
        StringAssert.Contains(File.ReadAllText(path + ".damaged"), "1e999", "what was kept");
    }

    [TestMethod]
    [DataRow("\"resample_filter\":[1,1]", "\"resample_filter\":[1,2]", "resampling filter", DisplayName = "a filter that cannot be")]
    [DataRow("\"resample_filter\":[1,1]", "\"resample_filter\":[2147483647,2147483647,1,1]", "filter", DisplayName = "a large filter")]
    [DataRow("\"model_channels\":32", "\"model_channels\":2048", "is missing", DisplayName = "gigabytes of weights that are not there")]
    public void ANetworkThatIsNotThereIsRefusedBeforeItTakesMemory(string whole, string damaged, string word)
    {
        using var folder = new TemporaryFolder();
        var text = JsonSerializer.Serialize(FakeRun.Options().Identity.Model.Network, RunJson.Compact);
        Assert.Contains(whole, text);
        var path = folder.File("x.safetensors");
        new SafetensorsWriter().Metadata(NetworkDenoiser.FormatKey, NetworkDenoiser.SnapshotFormat)
            .Metadata("network", text.Replace(whole, damaged, StringComparison.Ordinal))
            .Metadata("preconditioner", """{"type":"edm","sigma_data":0.5}""").Add("x", new float[1], 1).WriteTo(path);
        OneClearLine.Of(() => NetworkDenoiser.Load(TestDevices.Get("cpu"), path), path, word);
    }

    [TestMethod]
    public void APreconditionerWithoutItsScheduleIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        new SafetensorsWriter().Metadata(NetworkDenoiser.FormatKey, NetworkDenoiser.SnapshotFormat)
            .Metadata("network", JsonSerializer.Serialize(FakeRun.Options().Identity.Model.Network, RunJson.Compact))
            .Metadata("preconditioner", """{"type":"vp","schedule":null}""").Add("x", new float[1], 1).WriteTo(path);
        OneClearLine.Of(() => PathDescription.Of(path), path, "is damaged");
    }

    [TestMethod]
    public void AClassifierThatCannotBeNamesItsFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        var options = ClassifierOptions.For(8, 8, 1, 10) with { Channels = 512, Halvings = 8, BlocksPerLevel = 16 };
        new SafetensorsWriter().Metadata("format", ImageClassifier.Format)
            .Metadata("classifier", JsonSerializer.Serialize(options, RunJson.Compact)).Add("x", new float[1], 1).WriteTo(path);
        OneClearLine.Of(() => ImageClassifier.Load(TestDevices.Get("cpu"), path), path, "2^31 parameters");
    }
}
