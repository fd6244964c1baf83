using System.Text;
using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Every architecture and preconditioner trains, goes on and draws through the real verbs.</summary>
[TestClass]
[TestCategory("Slow")]
public class DesignSpaceRunTests
{
    private static readonly string[] _options =
    [
        "--mult", "1,2", "--blocks", "1", "--batch", "32", "--tick", "32", "--grid-every", "0", "--device", "cpu", "--lr-ramp", "100",
    ];

    [TestMethod]
    [DataRow("uncond-ddpmpp-edm", "--channels 8")]
    [DataRow("uncond-ncsnpp-edm", "--channels 8 --arch ncsnpp")]
    [DataRow("uncond-adm-edm", "--channels 32 --arch adm")]
    [DataRow("uncond-ddpmpp-vp", "--channels 8 --precond vp")]
    [DataRow("uncond-ddpmpp-ve", "--channels 8 --precond ve")]
    [DataRow("uncond-ddpmpp-iddpm", "--channels 8 --precond iddpm")]
    [DataRow("uncond-ddpmpp-plain", "--channels 8 --precond plain")]
    [DataRow("uncond-ddpmpp-noise", "--channels 8 --precond noise")]
    [DataRow("cond-ddpmpp-edm", "--channels 8 --cond --label-dropout 0.1")]
    [DataRow("uncond-ddpmpp-edm", "--channels 8 --uncertainty --stratified")]
    public void It_trains_goes_on_and_draws(string name, string options)
    {
        using var temp = new TemporaryFolder();
        string data = LabelledImages(temp), runs = temp.File("runs");
        string run = Train(data, runs, 128, options).Folder;
        Assert.AreEqual($"00000-images-{name}-batch32", Path.GetFileName(run), "the folder");
        JsonElement identity = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "options.json"))).RootElement.GetProperty("identity");
        string[] parts = name.Split('-');
        Assert.AreEqual(parts[1], identity.GetProperty("architecture").GetString(), "the architecture in options.json");
        JsonElement preconditioner = identity.GetProperty("model").GetProperty("preconditioner");
        Assert.AreEqual(parts[2], preconditioner.GetProperty("type").GetString(), "the preconditioner in options.json");

        (string folder, string output) = Train(data, runs, 256, options);
        Assert.AreEqual(run, folder, "the same run");
        StringAssert.Contains(output, "resumes at 128 images", "stdout");
        CliResult drawn = Cli.Run(
            "sample", "--network", TinyData.Snapshot(run), "--seeds", "0-1", "--out", temp.File("drawn"), "--steps", "3",
            "--device", "cpu");
        Assert.AreEqual(0, drawn.Code, drawn.Error);
        Assert.HasCount(2, Directory.GetFiles(temp.File("drawn"), "*.png"), "two images");
    }

    [TestMethod]
    public void A_run_of_another_network_or_preconditioner_is_not_gone_on_with()
    {
        using var temp = new TemporaryFolder();
        string data = LabelledImages(temp), runs = temp.File("runs");
        Train(data, runs, 32, "--channels 8");
        Train(data, runs, 32, "--channels 8 --precond vp");
        Train(data, runs, 32, "--channels 8 --arch ncsnpp");
        Assert.HasCount(3, Directory.GetDirectories(runs), "three runs");
    }

    [TestMethod]
    public void The_benchmark_takes_classes()
    {
        using var temp = new TemporaryFolder();
        string[] options = ["--channels", "8", "--mult", "1", "--batch", "4", "--steps", "1", "--device", "cpu", "--cond"];
        foreach (string[] images in new[] { new[] { "--data", LabelledImages(temp) }, ["--resolution", "8", "--classes", "5"] })
        {
            CliResult bench = Cli.Run(["bench", "train", .. images, .. options]);
            Assert.AreEqual(0, bench.Code, bench.Error);
        }

        using var unlabelled = new TemporaryFolder();
        Cli.Run(["bench", "train", "--data", TinyData.Images(unlabelled), .. options]).AssertOneLine(1, "--cond", "labels");
    }

    [TestMethod]
    public void A_snapshot_of_version_1_still_draws()
    {
        using var temp = new TemporaryFolder();
        string file = temp.File("network-snapshot-000000001.safetensors");
        WriteVersion1(file);
        CliResult drawn = Cli.Run(
            "sample", "--network", file, "--seeds", "0", "--out", temp.File("drawn"), "--steps", "2", "--device", "cpu");
        Assert.AreEqual(0, drawn.Code, drawn.Error);
        CliResult info = Cli.Run("info", file);
        Assert.AreEqual(0, info.Code, info.Error);
        StringAssert.Contains(info.Output, "operations to denoise an image", "info");
    }

    // Version 1 knew one family and one preconditioner: the network has no type.
    private static void WriteVersion1(string path)
    {
        var options = new SongUNetOptions
        {
            Height = 8,
            Width = 8,
            ImageChannels = 1,
            ModelChannels = 8,
            ChannelMult = [1],
            BlocksPerLevel = 1,
            AttentionResolutions = [8],
        };
        Device device = TestDevices.Get("cpu");
        ParameterList parameters = options.Create().Parameters;
        using var weights = new ParameterBlock(device, parameters);
        weights.Initialise(1);
        var file = new SafetensorsWriter();
        file.Metadata(NetworkDenoiser.FormatKey, NetworkDenoiser.SnapshotFormat);
        file.Metadata("version", "1");
        file.Metadata("network", """
            {"embedding_type":"positional","channel_mult_noise":1,"encoder_type":"standard","decoder_type":"standard","height":8,"width":8,
            "image_channels":1,"label_dim":0,"augment_dim":0,"model_channels":8,"channel_mult":[1],"channel_mult_emb":4,
            "blocks_per_level":1,"attention_resolutions":[8],"dropout":0}
            """);
        file.Metadata("preconditioner", """{"type":"edm","sigma_data":0.5}""");
        weights.AddTo(file, NetworkDenoiser.Prefix);
        file.WriteTo(path);
    }

    private static (string Folder, string Output) Train(string data, string runs, int images, string options)
    {
        CliResult result = Cli.Run(["train", "--data", data, "--out", runs, "--images", $"{images}", .. _options, .. options.Split(' ')]);
        Assert.AreEqual(0, result.Code, result.Error);
        return (Directory.GetDirectories(runs).Max(StringComparer.Ordinal)!, result.Output);
    }

    private static string LabelledImages(TemporaryFolder temp)
    {
        string folder = TinyData.Images(temp);
        string labels = string.Join(',', Directory.GetFiles(folder, "*.png")
            .Select((path, i) => $"[\"{Path.GetFileName(path)}\",{i % 3}]"));
        temp.Write(Encoding.UTF8.GetBytes($$"""{"labels":[{{labels}}]}"""), "images", "dataset.json");
        return folder;
    }
}
