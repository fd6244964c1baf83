namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>
/// The images that are resampled together, and how their intermediate forms lie in scratch: each takes as much as the largest.
/// </summary>
public struct WarpShape
{
    /// <summary>Images.</summary>
    public int Count;

    /// <summary>Rows of an image.</summary>
    public int Height;

    /// <summary>Pixels of a row.</summary>
    public int Width;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>The most rows of an image with its margins.</summary>
    public int PaddedHeight;

    /// <summary>The most pixels of a row with its margins.</summary>
    public int PaddedWidth;

    /// <summary>Floats of a row at double width: its even pixels, then its odd ones.</summary>
    public readonly int WideRow => 2 * PaddedWidth * Channels;

    /// <summary>Rows at double width: those of the image with its margins, and three rows of zeros at either end.</summary>
    public readonly int WideRows => PaddedHeight + Sym6.Length / 2;

    /// <summary>Rows of the image at double size.</summary>
    public readonly int TallRows => 2 * PaddedHeight;

    /// <summary>Rows that are sampled at double size: those that the last filter reads.</summary>
    public readonly int SampledRows => 2 * Height + Sym6.Length - 2;

    /// <summary>Pixels of a row that are sampled at double size; an even number.</summary>
    public readonly int SampledColumns => 2 * Width + Sym6.Length - 2;

    /// <summary>Floats of scratch of a work item that fills a row with its margins, and three pixels of zeros at either end.</summary>
    public readonly int PaddingScratch => (PaddedWidth + Sym6.Length / 2) * Channels;

    /// <summary>Floats of scratch of a work item that samples a row.</summary>
    public readonly int SamplingScratch => SampledColumns * Channels;
}
