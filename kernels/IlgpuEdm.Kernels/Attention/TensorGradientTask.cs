namespace IlgpuEdm.Kernels.Attention;

/// <summary>Which of the gradients of queries, keys and values a kernel for tensor cores computes, and its tile.</summary>
public interface ITensorGradientTask : ITensorAttentionTile
{
    /// <summary>Whether a group's rows are queries, and what they meet are keys, or the other way round.</summary>
    static abstract bool RowsAreQueries { get; }

    /// <summary>Whether it computes the gradient of the values.</summary>
    static abstract bool Values { get; }

    /// <summary>Whether it computes the gradient of the queries or keys, which are its rows.</summary>
    static abstract bool Scores { get; }
}

/// <summary>Gradient of queries in heads of up to 64 channels.</summary>
public struct TensorQueries64 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention64.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention64.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention64.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention64.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of queries in heads of up to 128 channels.</summary>
public struct TensorQueries128 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention128.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention128.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention128.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention128.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of queries in heads of up to 256 channels.</summary>
public struct TensorQueries256 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention256.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention256.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention256.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention256.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => true;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradients of keys and values in heads of up to 64 channels.</summary>
public struct TensorKeysValues64 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention64.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention64.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention64.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention64.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of keys in heads of up to 128 channels: with that of the values, a thread would need too many registers.</summary>
public struct TensorKeys128 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention128.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention128.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention128.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention128.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of values in heads of up to 128 channels.</summary>
public struct TensorValues128 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention128.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention128.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention128.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention128.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => false;
}

/// <summary>Gradient of keys in heads of up to 256 channels.</summary>
public struct TensorKeys256 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention256.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention256.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention256.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention256.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => false;

    /// <inheritdoc/>
    public static bool Scores => true;
}

/// <summary>Gradient of values in heads of up to 256 channels.</summary>
public struct TensorValues256 : ITensorGradientTask
{
    /// <inheritdoc/>
    public static int Columns => TensorAttention256.Columns;

    /// <inheritdoc/>
    public static int WarpRows => TensorAttention256.WarpRows;

    /// <inheritdoc/>
    public static int Pieces => TensorAttention256.Pieces;

    /// <inheritdoc/>
    public static int LineWords => TensorAttention256.LineWords;

    /// <inheritdoc/>
    public static bool RowsAreQueries => false;

    /// <inheritdoc/>
    public static bool Values => true;

    /// <inheritdoc/>
    public static bool Scores => false;
}
