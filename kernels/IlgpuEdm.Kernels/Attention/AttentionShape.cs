using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>Self-attention of images whose queries, keys and values lie side by side: <c>[N, tokens, 3 * heads * depth]</c>.</summary>
public struct AttentionShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Heads.</summary>
    public int Heads;

    /// <summary>Pixels of an image.</summary>
    public int Tokens;

    /// <summary>Channels of a head.</summary>
    public int Depth;

    /// <summary>Queries whose scores exist at once.</summary>
    public int BlockRows;

    /// <summary>Floats of scratch of a work item.</summary>
    public int Scratch;

    /// <summary>Factor of the scores.</summary>
    public float Scale;

    /// <summary>Channels of the output.</summary>
    public readonly int Channels => Heads * Depth;

    /// <summary>Blocks of queries of an image and head.</summary>
    public readonly int Blocks => (Tokens + BlockRows - 1) / BlockRows;

    /// <summary>Tokens with those that fill the last tile.</summary>
    public readonly int PaddedTokens => (Tokens + MatrixTile.Width - 1) / MatrixTile.Width * MatrixTile.Width;

    /// <summary>From a row of scores to the next; a power of two would put many rows into few sets of a cache.</summary>
    public readonly int ScoreStride => PaddedTokens + 16;

    /// <summary>Channels of a head with those that fill the last tile.</summary>
    public readonly int PaddedDepth => (Depth + MatrixTile.Width - 1) / MatrixTile.Width * MatrixTile.Width;
}
