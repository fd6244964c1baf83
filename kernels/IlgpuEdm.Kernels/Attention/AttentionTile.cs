namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// The constants of a cooperative attention kernel. A group of 256 threads, 16 by 16, has <see cref="AttentionTile.Rows"/> tokens whose
/// result it computes, and goes through all other tokens in tiles; of a tile of scores a thread has 4 rows, and as many of the result.
/// </summary>
public interface IAttentionTile
{
    /// <summary>Blocks of 64 tokens in a tile: 1 or 2. With 2 a thread has 4 by 8 scores, which load less a multiply-add.</summary>
    static abstract int ColumnBlocks { get; }

    /// <summary>Blocks of 64 channels of the result that a group holds in registers: 1, 2 or 4.</summary>
    static abstract int ChannelBlocks { get; }

    /// <summary>Whether four channels are loaded at once; needs a depth that is a multiple of 4.</summary>
    static abstract bool IsVector { get; }
}

/// <summary>Sizes that all cooperative attention kernels share.</summary>
public static class AttentionTile
{
    /// <summary>Tokens whose result a group computes.</summary>
    public const int Rows = 64;

    /// <summary>Channels of a block.</summary>
    public const int BlockChannels = 64;

    /// <summary>
    /// From the weights of a token to the next, in units of four rows; one more than needed, so that banks are not met twice.
    /// </summary>
    internal const int WeightStride = Rows / 4 + 1;

    /// <summary>The weights of a block of 64 tokens, in units of four.</summary>
    internal const int Weights = 64 * WeightStride;

    /// <summary>Channels that a step of a product of rows takes.</summary>
    internal const int Step = 16;

    /// <summary>From a row of a step to the next, in units of four channels; one more than needed, as above.</summary>
    internal const int StepStride = Step / 4 + 1;

    /// <summary>The floats of a step of a block of 64 rows, in units of four.</summary>
    internal const int StepRows = 64 * StepStride;
}

/// <summary>Heads of up to 64 channels.</summary>
public struct Forward64 : IForwardTile
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 2;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => true;
}

/// <summary>Heads of up to 128 channels.</summary>
public struct Forward128 : IForwardTile
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 2;

    /// <inheritdoc/>
    public static int ChannelBlocks => 2;

    /// <inheritdoc/>
    public static bool IsVector => true;
}

/// <summary>Deeper heads, 256 channels at a time; eight scores a row would leave them too few registers.</summary>
public struct Forward256 : IForwardTile
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 4;

    /// <inheritdoc/>
    public static bool IsVector => true;
}

/// <summary>Heads whose depth is no multiple of 4, 64 channels at a time.</summary>
public struct ForwardScalar : IForwardTile
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => false;
}

/// <summary>The tile of a forward kernel.</summary>
public interface IForwardTile : IAttentionTile;
