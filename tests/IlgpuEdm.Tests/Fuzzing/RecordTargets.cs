using System.CommandLine;
using System.Text;
using System.Text.Json;
using IlgpuEdm.Cli;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>The readers of JSON that this program wrote, in files and in the metadata of files, and of the command line.</summary>
internal static class RecordTargets
{
    private const long LargestNetwork = 512L << 20;

    // Opened when a reader first needs it, and open until the process ends.
    private static readonly Lazy<Device> Cpu = new(() => Device.Open("cpu"));

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        // It may be that of the largest network.
        Metadata("network-options", NetworkJson, (json, path) => Snapshot(json, """{"type":"edm","sigma_data":0.5}""", path)) with
        { MostBytes = LargestNetwork },
        Metadata("preconditioner", PreconditionerJson, (json, path) => Snapshot(NetworkJson()[0], json, path)),
        Metadata("trainer-state", TrainerJson, State),
        Metadata("classifier-options", ClassifierJson, Classifier),
        RunOptions(),
        Statistics(),
        SampleLabels(),
        new("command-line", CommandLines, Parse),
    ];

    // The inputs are a text in the metadata of a file.
    private static FuzzTarget Metadata(string name, Func<string[]> seeds, Action<string, string> read)
    {
        var path = FuzzFolder.File(name, $"{name}.safetensors");
        return FuzzTarget.OfJson(name, seeds, bytes => read(Encoding.UTF8.GetString(bytes), path)) with { NamesInErrors = path };
    }

    private static string[] NetworkJson() =>
    [
        JsonSerializer.Serialize(FakeRun.Options().Identity.Model.Network, RunJson.Compact),
        """
        {"type":"dhariwal_unet","height":8,"width":8,"image_channels":1,"label_dim":3,"model_channels":32,"channel_mult":[1,2],
        "blocks_per_level":1,"attention_resolutions":[4],"dropout":0.1}
        """,
    ];

    private static string[] PreconditionerJson() => Array.ConvertAll<Preconditioner, string>(
        [
            new EdmPreconditioner(), new VpPreconditioner(), new VePreconditioner(), new IddpmPreconditioner(), new PlainPreconditioner(),
            new NoisePreconditioner(),
        ],
        p => JsonSerializer.Serialize(p, RunJson.Compact));

    // What a snapshot's reader, 'info' and a denoiser make of its description. The network of a whole one has no weights here.
    private static void Snapshot(string network, string preconditioner, string path)
    {
        new SafetensorsWriter().Metadata(NetworkDenoiser.FormatKey, NetworkDenoiser.SnapshotFormat)
            .Metadata("network", network).Metadata("preconditioner", preconditioner).Add("x", new float[1], 1).WriteTo(path);
        PathDescription.Of(path);
        try
        {
            NetworkDenoiser.Load(Cpu.Value, path).Dispose();
        }
        catch (EdmException error) when (error.Message.Contains("is missing"))
        {
        }
    }

    private static TrainingState Tick { get; } = new()
    {
        Images = 400,
        Steps = 50,
        Seconds = 2.5,
        Tick = new TickAccumulator { Count = 8, LossSum = 4, LossSums = [4, .. new double[13]], Counts = [8, .. new long[13]] },
    };

    private static string[] TrainerJson() => [Tick.ToJson()];

    private static void State(string json, string path)
    {
        var file = new SafetensorsWriter().Metadata("format", "ilgpu-edm-training-state").Metadata("version", "1")
            .Metadata("images", "400").Metadata("trainer", json);
        new FakeModel().AddState(file);
        var folder = Path.GetDirectoryName(path)!;
        file.WriteTo(Path.Combine(folder, "training-state-000000400.safetensors"));
        try
        {
            if (new StateStore(folder).LoadNewest(new FakeModel(), _ => { }) is { } state)
            {
                state.Record();
            }
        }
        catch (EdmException error) when (error.Message.Contains(folder))
        {
        }
    }

    private static string[] ClassifierJson() => [JsonSerializer.Serialize(ClassifierOptions.For(8, 8, 1, 10), RunJson.Compact)];

    private static void Classifier(string json, string path)
    {
        new SafetensorsWriter().Metadata("format", ImageClassifier.Format).Metadata("classifier", json).Add("x", new float[1], 1)
            .WriteTo(path);
        PathDescription.Of(path);
        try
        {
            ImageClassifier.Load(Cpu.Value, path).Dispose();
        }
        catch (EdmException error) when (error.Message.Contains("do not fit"))
        {
        }
    }

    private static FuzzTarget RunOptions()
    {
        var path = FuzzFolder.File("run-options", "options.json");
        var folder = Path.GetDirectoryName(path)!;
        return FuzzTarget.OfJson(
            "run-options", () => [JsonSerializer.Serialize(FakeRun.Options(), RunJson.Indented)], bytes =>
            {
                FuzzFolder.Write(path, bytes);
                PathDescription.Of(folder);
            }) with
        { NamesInErrors = folder, MostBytes = LargestNetwork };
    }

    private static string[] StatisticsJson { get; } =
    [
        JsonSerializer.Serialize(Tick.Record(), RunJson.Compact),
        """
        {"images":400,"score":7.5,"score_name":"fid","score_images":100,"score_basis":"x","best":true,"score_seconds":1.5}
        """,
    ];

    private static FuzzTarget Statistics()
    {
        var path = FuzzFolder.File("statistics", "stats.jsonl");
        return FuzzTarget.OfJson("statistics", () => StatisticsJson, bytes =>
        {
            FuzzFolder.Write(path, [.. bytes, (byte)'\n', .. bytes, (byte)'\n', .. bytes]);
            var files = new StatisticsFiles(Path.GetDirectoryName(path)!);
            files.CutBack(long.MaxValue, long.MaxValue, _ => { });
            _ = files.Records.Sum(r => r.Loss + r.LossBySigma.Values.Sum());
        }) with
        { NamesInErrors = path };
    }

    private static FuzzTarget SampleLabels()
    {
        var path = FuzzFolder.File("sample-labels", "dataset.json");
        return FuzzTarget.OfJson(
            "sample-labels", () => ["""{"labels":[["000001.png",3],["000002.png",0]]}""", """{"labels":null}"""], bytes =>
            {
                FuzzFolder.Write(path, bytes);
                IlgpuEdm.Training.SampleLabels.In(Path.GetDirectoryName(path)!);
            }) with
        { NamesInErrors = path };
    }

    // An argument a line. Commands are understood, not run.
    private static byte[][] CommandLines() => Array.ConvertAll(
        new[]
        {
            "train --data x --images 1.5k --channels 64 --mult 1,2 --attn 16 --lr 1e-3 --state-every 5m --device cpu --cond --augment 0.1",
            "sample --network x --seeds 0-3,7 --steps 18 --sigma-min 0.002 --class 3 --out y --churn 40",
            "likelihood --network x --data y --images 20",
            "dataset convert --source x --dest y --resolution 64x32 --transform center-crop --max-images 10",
            "ema --run x --std 0.05,0.1 --out y",
        },
        line => Encoding.UTF8.GetBytes(line.Replace(' ', '\n')));

    private static void Parse(byte[] bytes)
    {
        var root = CommandLine.CreateRoot(new Terminal(TextWriter.Null, default));
        var parsed = root.Parse(Encoding.UTF8.GetString(bytes).Split('\n'), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (CommandLine.UsageError(parsed) is { } line)
        {
            throw new EdmException(line);
        }
    }
}
