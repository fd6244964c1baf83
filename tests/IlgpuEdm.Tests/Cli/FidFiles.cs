using System.Text.Json;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary>What <c>fid</c> needs, for 8x8 grey images: two data sets, two classifiers, and snapshots; and runs of it.</summary>
internal sealed class FidFiles : IDisposable
{
    private readonly TemporaryFolder _temp = new();
    private readonly TinySnapshots _snapshots = new();

    public FidFiles()
    {
        Data = TinyData.LabelledShapes(_temp, size: 8);
        Others = TinyData.LabelledShapes(_temp, labels: false, size: 8, seed: 9, name: "others");
        Classifier = Train("classifier", seed: 0);
    }

    /// <summary>24 images of 4 classes.</summary>
    public string Data { get; }

    /// <summary>24 other images without labels.</summary>
    public string Others { get; }

    /// <summary>A classifier of them.</summary>
    public string Classifier { get; }

    public string File(string name) => _temp.File(name);

    /// <summary>Trains another classifier.</summary>
    public string Train(string name, int seed)
    {
        string file = _temp.File(name + ".safetensors");
        _snapshots.Succeed($"classifier train --data {Data} --out {file} --images 32 --batch 16 --seed {seed}");
        return file;
    }

    /// <summary>A reference of all images of the first set, made once.</summary>
    /// <param name="keepFeatures">Whether it holds the features of each image.</param>
    public string Reference(bool keepFeatures = false)
    {
        string file = _temp.File(keepFeatures ? "ref-features.npz" : "ref.npz");
        if (!System.IO.File.Exists(file))
        {
            Succeed($"fid ref --data DATA --features CLASSIFIER --out {file}{(keepFeatures ? " --keep-features" : "")}");
        }

        return file;
    }

    public CliResult Run(string command) => _snapshots.Run(Named(command));

    public CliResult RunStopped(string command) => _snapshots.RunStopped(Named(command));

    public string Succeed(string command) => _snapshots.Succeed(Named(command));

    /// <summary>What a score says as JSON.</summary>
    public JsonElement Json(string command)
    {
        string output = Succeed(command + " --json");
        Assert.HasCount(1, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), $"one line: {output}");
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>The distance that a score says.</summary>
    public double Distance(string command) => Json(command).GetProperty("distance").GetDouble();

    public void Dispose()
    {
        _snapshots.Dispose();
        _temp.Dispose();
    }

    private string Named(string command) =>
        command.Replace("CLASSIFIER", Classifier).Replace("DATA", Data).Replace("OTHERS", Others).Replace("TEMP", _temp.Path);
}
