using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Data;

/// <summary>
/// A built-in data set that needs no file: a circle, square, triangle or cross of varying size, place and brightness on
/// black, smoothed at its edge. Every image is computed from its number alone when it is read, by sums and products only, so
/// all systems see the same bytes.
/// </summary>
public sealed class ProceduralShapes : IImageDataset
{
    private const int Shapes = 4;
    private const int Samples = 4;

    private readonly ulong seed;
    private readonly Lazy<string> fingerprint;

    /// <summary>Describes the data set; nothing is drawn yet.</summary>
    /// <param name="height">Height of an image, at least 8.</param>
    /// <param name="width">Width of an image, at least 8.</param>
    /// <param name="channels">1 for grey; 3 for shapes in random colours.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">Another seed gives other images.</param>
    public ProceduralShapes(int height = 28, int width = 28, int channels = 1, long count = 10_000, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 8);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images have 1 or 3 channels.");
        }
        (Height, Width, Channels, Count, this.seed) = (height, width, channels, count, seed);
        fingerprint = new Lazy<string>(() => DatasetFingerprint.Compute(this));
    }

    /// <inheritdoc/>
    public string Name => "shapes";

    /// <inheritdoc/>
    public string Source => "built-in procedural shapes";

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Number of classes: circle 0, square 1, triangle 2, cross 3.</summary>
    public int LabelDim => Shapes;

    /// <inheritdoc/>
    public string Fingerprint => fingerprint.Value;

    /// <inheritdoc/>
    public int Label(long index)
    {
        CheckIndex(index);
        return (int)(Draw(index, 0) * Shapes);
    }

    /// <inheritdoc/>
    public void ReadImage(long index, Span<byte> pixels)
    {
        var shape = Label(index);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Height * Width * Channels);
        double side = Math.Min(Height, Width);
        var radius = side * (0.18 + (0.2 * Draw(index, 1)));
        var centreX = radius + 0.5 + (Draw(index, 2) * (Width - (2 * radius) - 1));
        var centreY = radius + 0.5 + (Draw(index, 3) * (Height - (2 * radius) - 1));
        Span<double> brightness = stackalloc double[Channels];
        for (var c = 0; c < Channels; c++)
        {
            brightness[c] = 255 * (0.5 + (0.5 * Draw(index, (uint)(4 + c))));
        }
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var covered = Covered(shape, (x - centreX) / radius, (y - centreY) / radius, 1 / (radius * Samples));
                for (var c = 0; c < Channels; c++)
                {
                    pixels[(((y * Width) + x) * Channels) + c] = (byte)((brightness[c] * covered / (Samples * Samples)) + 0.5);
                }
            }
        }
    }

    /// <summary>There is nothing to free.</summary>
    public void Dispose()
    {
    }

    // How many of a pixel's 4x4 points lie in the shape; the pixel's corner and the points' distance are in units of the radius.
    private static int Covered(int shape, double left, double top, double step)
    {
        var covered = 0;
        for (var i = 0; i < Samples * Samples; i++)
        {
            var x = left + (((i % Samples) + 0.5) * step);
            var y = top + (((i / Samples) + 0.5) * step);
            covered += Inside(shape, x, y) ? 1 : 0;
        }
        return covered;
    }

    private static bool Inside(int shape, double x, double y) => shape switch
    {
        0 => (x * x) + (y * y) < 1,
        1 => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.85,
        2 => y < 0.8 && 2 * Math.Abs(x) < y + 1,
        _ => Math.Min(Math.Abs(x), Math.Abs(y)) < 0.3 && Math.Max(Math.Abs(x), Math.Abs(y)) < 1,
    };

    private double Draw(long index, uint element) => HostRandom.Uniform(seed, RandomPurpose.Bench, (ulong)index, element);

    private void CheckIndex(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
    }
}
