namespace IlgpuEdm.Kernels.Attention;

/// <summary>Which of the gradients of queries, keys and values a kernel computes, and its tile.</summary>
public interface IGradientTask : IAttentionTile
{
    /// <summary>Whether a group has 64 queries and goes through the keys, or has 64 keys and goes through the queries.</summary>
    static abstract bool RowsAreQueries { get; }

    /// <summary>Whether it computes the gradient of the values.</summary>
    static abstract bool Values { get; }

    /// <summary>Whether it computes the gradient of the queries or keys, which are its rows.</summary>
    static abstract bool Scores { get; }
}

/// <summary>Gradient of queries in heads of up to 64 channels.</summary>
public struct Queries64 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of queries in heads of up to 128 channels.</summary>
public struct Queries128 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 2;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of queries in deeper heads, 256 channels at a time.</summary>
public struct Queries256 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 4;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of queries in heads whose depth is no multiple of 4, 64 channels at a time.</summary>
public struct QueriesScalar : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => false;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradients of keys and values in heads of up to 64 channels.</summary>
public struct KeysValues64 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradients of keys and values in heads of up to 128 channels.</summary>
public struct KeysValues128 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 2;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradients of keys and values in heads whose depth is no multiple of 4, 64 channels at a time.</summary>
public struct KeysValuesScalar : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 1;

    /// <inheritdoc/>
    public static bool IsVector => false;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of keys in deeper heads: with that of the values, a thread would need too many registers.</summary>
public struct Keys256 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 4;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of values in deeper heads.</summary>
public struct Values256 : IGradientTask
{
    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int ChannelBlocks => 4;

    /// <inheritdoc/>
    public static bool IsVector => true;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => false;
}
