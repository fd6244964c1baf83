using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Small data sets in files, and options of a network that trains on them in no time.</summary>
internal static class TinyData
{
    /// <summary>A network for 8 px, batches of 8, a tick a step.</summary>
    public static string[] Options { get; } =
        ["--channels", "8", "--mult", "1,1", "--blocks", "1", "--batch", "8", "--tick", "8", "--device", "cpu", "--lr-ramp", "100"];

    /// <summary>A folder of 20 grey PNGs of 8x8 shapes.</summary>
    public static string Images(TemporaryFolder temp)
    {
        using var shapes = new ProceduralShapes(8, 8, 1, 20);
        byte[] pixels = new byte[64];
        for (int i = 0; i < 20; i++)
        {
            shapes.ReadImage(i, pixels);
            temp.Write(ImageCodec.Default.EncodePng(pixels, 8, 8, 1), "images", $"{i:D2}.png");
        }

        return Path.Combine(temp.Path, "images");
    }

    /// <summary>A folder of 24 grey PNGs of shapes, with their classes in dataset.json.</summary>
    public static string LabelledShapes(TemporaryFolder temp, bool labels = true, int size = 12, ulong seed = 0, string name = "data")
    {
        using var shapes = new ProceduralShapes(size, size, 1, 24, seed);
        var pixels = new byte[size * size];
        var pairs = new List<object[]>();
        for (int i = 0; i < 24; i++)
        {
            shapes.ReadImage(i, pixels);
            temp.Write(ImageCodec.Default.EncodePng(pixels, size, size, 1), name, "00000", $"img{i:D8}.png");
            pairs.Add([$"00000/img{i:D8}.png", shapes.Label(i)]);
        }

        string folder = Path.Combine(temp.Path, name);
        File.WriteAllText(Path.Combine(folder, "dataset.json"), JsonSerializer.Serialize(new { labels = labels ? pairs : null }));
        return folder;
    }

    /// <summary>A folder with a file in the layout of CIFAR-10's binary version.</summary>
    public static string Cifar(TemporaryFolder temp, int count)
    {
        using var shapes = new ProceduralShapes(32, 32, 3, count);
        byte[] file = new byte[count * 3073];
        byte[] pixels = new byte[3072];
        for (int i = 0; i < count; i++)
        {
            shapes.ReadImage(i, pixels);
            file[i * 3073] = (byte)(i % 10);
            for (int channel = 0; channel < 3; channel++)
            {
                for (int p = 0; p < 1024; p++)
                {
                    file[(i * 3073) + 1 + (channel * 1024) + p] = pixels[(p * 3) + channel];
                }
            }
        }

        temp.Write(file, "cifar", "data_batch_1.bin");
        return Path.Combine(temp.Path, "cifar");
    }

    /// <summary>Trains and returns the run's folder.</summary>
    public static string Train(string data, string runs, int images, params string[] more)
    {
        CliResult result = Cli.Run(["train", "--data", data, "--out", runs, "--images", $"{images}", .. Options, .. more]);
        Assert.AreEqual(0, result.Code, result.Error);
        return Directory.GetDirectories(runs).Max(StringComparer.Ordinal)!;
    }

    /// <summary>The last snapshot of a run.</summary>
    public static string Snapshot(string run) => Directory.GetFiles(run, "network-snapshot-*").Max(StringComparer.Ordinal)!;
}
