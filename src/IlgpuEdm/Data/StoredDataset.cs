namespace IlgpuEdm.Data;

/// <summary>A data set whose images have been decoded into a <see cref="PixelStore"/>.</summary>
internal sealed class StoredDataset : IImageDataset
{
    // Beyond this a label is damage, not a class: the network would need a weight for each.
    public const int MaximumClasses = 1_000_000;

    private readonly PixelStore store;
    private readonly LabelList? labels;
    private readonly Lazy<string> fingerprint;

    /// <summary>Takes over the store; labels are one an image or null.</summary>
    public StoredDataset(string name, string source, ImageShape shape, long count, PixelStore store, LabelList? labels)
    {
        Name = name;
        Source = source;
        Count = count;
        (Height, Width, Channels) = shape;
        this.store = store;
        this.labels = labels;
        LabelDim = labels?.Dim ?? 0;
        fingerprint = new Lazy<string>(() => DatasetFingerprint.Compute(this));
    }

    public string Name { get; }

    public string Source { get; }

    public long Count { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public int LabelDim { get; }

    public string Fingerprint => fingerprint.Value;

    public void ReadImage(long index, Span<byte> pixels) => store.Read(index, pixels);

    public LabelList? Labels => labels;

    public bool HasLabelVectors => labels is { AreVectors: true };

    public int Label(long index) => labels?.Class(index) ?? -1;

    public void ReadLabel(long index, Span<float> label)
    {
        label.Clear();
        if (labels?.Vector(index) is { } vector)
        {
            vector.CopyTo(label);
        }
        else if (Label(index) is >= 0 and var number)
        {
            label[number] = 1;
        }
    }

    public void Dispose() => store.Dispose();
}

/// <summary>The size of every image of a data set.</summary>
internal readonly record struct ImageShape(int Height, int Width, int Channels)
{
    public int Bytes => Height * Width * Channels;

    public override string ToString() => $"{Width}x{Height} pixels with {Channels} channel{(Channels == 1 ? "" : "s")}";
}
