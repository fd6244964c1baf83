using IlgpuEdm.Data;

namespace IlgpuEdm.Cli;

/// <summary>The size of a data set that is not there, for a dry run.</summary>
internal sealed class NoImages(int resolution, int channels, int classes) : IImageDataset
{
    public string Name => "none";

    public string Source => "none";

    public long Count => 1;

    public int Height => resolution;

    public int Width => resolution;

    public int Channels => channels;

    public int LabelDim => classes;

    public string Fingerprint => "none";

    public void ReadImage(long index, Span<byte> pixels) =>
        throw new EdmException("--sigma-data auto measures the images: give --data, or a number");

    public int Label(long index) => -1;

    public void Dispose()
    {
    }
}
