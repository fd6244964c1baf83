using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The tile of a result that a group of 8 warps computes on tensor cores, 128 rows of so many columns, and how far ahead it loads.
/// </summary>
public interface ITensorTile : ILine
{
    /// <summary>Pieces of 32 rows of a warp's part: the warps lie in a grid of 4 / pieces rows.</summary>
    static abstract int Pieces { get; }

    /// <summary>Chunks of 16 words in shared memory at once, as many as fit in 48 KB.</summary>
    static abstract int Stages { get; }
}

/// <summary>128 rows and 128 columns: a warp computes 64 rows and 32 columns.</summary>
public struct TensorTile128 : ITensorTile
{
    /// <inheritdoc/>
    public static int Columns => 128;

    /// <inheritdoc/>
    public static int Pieces => 2;

    /// <inheritdoc/>
    public static int Stages => 2;
}

/// <summary>128 rows and 64 columns: a warp computes 32 rows and 32 columns.</summary>
public struct TensorTile64 : ITensorTile
{
    /// <inheritdoc/>
    public static int Columns => 64;

    /// <inheritdoc/>
    public static int Pieces => 1;

    /// <inheritdoc/>
    public static int Stages => 3;
}
