namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// A group norm on NHWC images: each image's channels in groups of equal size, normalised over the group's channels and pixels.
/// </summary>
public struct GroupNormShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Pixels of an image.</summary>
    public int Pixels;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>Channels that lie in the first of two tensors; all where there is one.</summary>
    public int FirstChannels;

    /// <summary>Groups; divides the channels.</summary>
    public int Groups;

    /// <summary>Pixels of a piece that a task of the element-wise passes handles.</summary>
    public int PiecePixels;

    /// <summary>Pieces of an image.</summary>
    public int Pieces;

    /// <summary>Not 0 if SiLU follows the norm.</summary>
    public int Silu;

    /// <summary>What is added to the variance.</summary>
    public float Epsilon;
}
