using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Diffusion;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Snapshots of networks for 8x8 grey images, and images for them, in a folder of a test's own.</summary>
internal sealed class TinySnapshots : IDisposable
{
    private readonly TemporaryFolder _temp = new();

    public TinySnapshots()
    {
        UNetOptions three = SamplingNetworks.Options;
        Save("cond", three);
        Save("plain", three with { LabelDim = 0, LabelDropout = 0 });
        Save("nodrop", three with { LabelDropout = 0 });
        Save("two", three with { LabelDim = 2 });
        Save("wide", three with { Width = 16 });
        for (int i = 0; i < 2; i++)
        {
            byte[] pixels = [.. Enumerable.Range(0, 64).Select(j => (byte)((i * 91) + (j * 37)))];
            _temp.Write(ImageCodec.Default.EncodePng(pixels, 8, 8, 1), "images", $"{i}.png");
        }

        _temp.Write(ImageCodec.Default.EncodePng(new byte[48], 8, 6, 1), "low.png");
        _temp.Write(ImageCodec.Default.EncodePng(new byte[192], 8, 8, 3), "colour.png");
        _temp.Write(ImageCodec.Default.EncodePng(new byte[64], 8, 8, 1), "black.png");
        byte[] right = [.. Enumerable.Range(0, 64).Select(j => (byte)(j % 8 < 4 ? 0 : 255))];
        _temp.Write(ImageCodec.Default.EncodePng(right, 8, 8, 1), "right.png");
        Directory.CreateDirectory(File("empty"));
        System.IO.File.WriteAllText(Path.Combine(File("images"), "dataset.json"), "{\"labels\":[[\"0.png\",2],[\"1.png\",0]]}");
    }

    public string File(params string[] parts) => Path.Combine([_temp.Path, .. parts]);

    /// <summary>Runs a command on the CPU accelerator; <c>{cond}</c> stands for a snapshot, <c>@x</c> for a path in the folder.</summary>
    public CliResult Run(string command) => Cli.Run([.. Words(command)]);

    /// <summary>Runs a command that was asked to stop before it began.</summary>
    public CliResult RunStopped(string command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = IlgpuEdm.Cli.CommandLine.Run([.. Words(command)], output, error, new CancellationToken(canceled: true));
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public string Succeed(string command)
    {
        CliResult result = Run(command);
        Assert.AreEqual(0, result.Code, $"{command}: {result.Error}");
        return result.Output;
    }

    public DecodedImage Picture(params string[] parts) =>
        ImageCodec.Default.Decode(System.IO.File.ReadAllBytes(File(parts)), parts[^1]);

    public void Dispose() => _temp.Dispose();

    private IEnumerable<string> Words(string command) => command.Split(' ').Select(word => word switch
    {
        ['{', .. var name, '}'] => File(name + ".safetensors"),
        ['@', .. var path] => File(path.Split('/')),
        _ => word,
    }).Concat(["--device", "cpu"]);

    private void Save(string name, UNetOptions network)
    {
        using var model = new TrainingModel(TestDevices.Get("cpu"), new ModelOptions { Network = network }, seed: 5);
        var file = new SafetensorsWriter();
        model.AddEma(file);
        file.WriteTo(File(name + ".safetensors"));
    }
}
