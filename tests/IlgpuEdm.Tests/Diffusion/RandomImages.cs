using IlgpuEdm.Data;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Images of random bytes, each from its number alone; class i mod <paramref name="classes"/>, if there are any.</summary>
internal sealed class RandomImages(int height, int width, int channels, long count, int classes = 0) : IImageDataset
{
    public string Name => "random";

    public string Source => "random images";

    public long Count => count;

    public int Height => height;

    public int Width => width;

    public int Channels => channels;

    public int LabelDim => classes;

    public string Fingerprint => "random";

    /// <summary>Numbers of an image.</summary>
    public int Size => height * width * channels;

    /// <summary>Called before an image is read.</summary>
    public Action<long>? OnRead { get; init; }

    public void ReadImage(long index, Span<byte> pixels)
    {
        OnRead?.Invoke(index);
        new Random((int)index).NextBytes(pixels[..Size]);
    }

    public int Label(long index) => classes == 0 ? -1 : (int)(index % classes);

    /// <summary>Some images as the denoiser sees them, one after the other.</summary>
    public double[] Values(IEnumerable<long> numbers)
    {
        var pixels = new byte[Size];
        List<double> values = [];
        foreach (var number in numbers)
        {
            ReadImage(number, pixels);
            values.AddRange(pixels.Select(v => (double)PixelScale.ToUnit(v)));
        }

        return [.. values];
    }

    /// <summary>All images.</summary>
    public double[] Values() => Values(Enumerable.Range(0, (int)count).Select(i => (long)i));

    public void Dispose()
    {
    }
}
