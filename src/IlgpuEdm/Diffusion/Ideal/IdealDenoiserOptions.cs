namespace IlgpuEdm.Diffusion;

/// <summary>Which images an <see cref="IdealDenoiser"/> knows, and how much memory they may take.</summary>
public sealed record IdealDenoiserOptions
{
    /// <summary>The most images, at least 1: the first ones, of the class if one is named; null for all.</summary>
    public long? MaxImages { get; init; }

    /// <summary>The class whose images count, 0 to the data set's LabelDim - 1; null for all classes.</summary>
    public int? Class { get; init; }

    /// <summary>
    /// Bytes of the device's memory that images may take, 4 a number, at least 0. A set that needs more is read from the data set again for
    /// every denoising, a piece of some 64 MB at a time; no result changes.
    /// </summary>
    public long MemoryBudget { get; init; } = 1L << 30;

    /// <summary>Images of a piece; 0 for as many as suit. Tests want small ones; the order of sums depends on it.</summary>
    internal int ChunkRows { get; init; }
}
