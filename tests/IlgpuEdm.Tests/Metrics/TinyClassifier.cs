using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Data;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Data that a classifier learns in a second, and a classifier trained on them.</summary>
internal static class TinyClassifier
{
    /// <summary>Training that ends soon.</summary>
    public static ClassifierTrainingOptions Options { get; } = new() { Images = 64, Batch = 16, LearningRate = 1e-2, Seed = 3 };

    /// <summary>Circles, squares, triangles and crosses.</summary>
    public static IImageDataset Shapes(int height = 12, int width = 12, int channels = 1, long count = 400, ulong seed = 0) =>
        new ProceduralShapes(height, width, channels, count, seed);

    public static byte[][] Images(IImageDataset data, int count) => [.. Enumerable.Range(0, count).Select(i => data.Image(i))];

    /// <summary>A classifier of shapes after a few steps.</summary>
    public static ImageClassifier Train(Device device, IImageDataset data) => ClassifierTraining.Train(device, data, Options);
}

/// <summary>
/// Stripes that lie, stripes that stand, and checks, of varying phase and brightness; with the labels that a test wants, right or not.
/// </summary>
internal sealed class Patterns(int classes, Func<long, int> label, int size = 12, long count = 40) : IImageDataset
{
    public string Name => "patterns";

    public string Source => "fake data";

    public long Count => count;

    public int Height => size;

    public int Width => size;

    public int Channels => 1;

    public int LabelDim => classes;

    public string Fingerprint => "fake";

    /// <summary>What an image shows, 0 to 2.</summary>
    public static int Kind(long index) => (int)(index % 3);

    public int Label(long index) => label(index);

    public void ReadImage(long index, Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            long x = i % size + index / 3, y = i / size + index / 9;
            var bright = Kind(index) switch { 0 => y % 4 < 2, 1 => x % 4 < 2, _ => x % 4 < 2 == y % 4 < 2 };
            pixels[i] = bright ? (byte)(100 + index * 37 % 156) : (byte)(index * 11 % 60);
        }
    }

    public void Dispose()
    {
    }
}
