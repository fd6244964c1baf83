namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The tile of a product that a group of 256 threads computes: how large it is, and how many blocks of 4 by 4 sums each thread keeps.
/// </summary>
public interface IProductTile
{
    /// <summary>Rows of the tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the tile.</summary>
    static abstract int Columns { get; }

    /// <summary>Blocks of a thread one below the other, 64 rows apart: 1 or 2.</summary>
    static abstract int RowBlocks { get; }

    /// <summary>Blocks of a thread side by side, 64 columns apart: 1 or 2.</summary>
    static abstract int ColumnBlocks { get; }

    /// <summary>Parts of the group that share a chunk's depth, 1 or 2; their sums are added at the end, in order.</summary>
    static abstract int Parts { get; }

    /// <summary>
    /// Whether memory is read and written 16 bytes at a time, for which all counts of channels must be multiples of 4; or else channel by
    /// channel.
    /// </summary>
    static abstract bool InFours { get; }
}

/// <summary>128 rows and columns; 64 sums a thread.</summary>
public struct Tile128x128 : IProductTile
{
    /// <inheritdoc/>
    public static int Rows => 128;

    /// <inheritdoc/>
    public static int Columns => 128;

    /// <inheritdoc/>
    public static int RowBlocks => 2;

    /// <inheritdoc/>
    public static int ColumnBlocks => 2;

    /// <inheritdoc/>
    public static int Parts => 1;

    /// <inheritdoc/>
    public static bool InFours => true;
}

/// <summary>128 rows and 64 columns; 32 sums a thread.</summary>
public struct Tile128x64 : IProductTile
{
    /// <inheritdoc/>
    public static int Rows => 128;

    /// <inheritdoc/>
    public static int Columns => 64;

    /// <inheritdoc/>
    public static int RowBlocks => 2;

    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int Parts => 1;

    /// <inheritdoc/>
    public static bool InFours => true;
}

/// <summary>64 rows and columns; 16 sums a thread.</summary>
public struct Tile64x64 : IProductTile
{
    /// <inheritdoc/>
    public static int Rows => 64;

    /// <inheritdoc/>
    public static int Columns => 64;

    /// <inheritdoc/>
    public static int RowBlocks => 1;

    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int Parts => 1;

    /// <inheritdoc/>
    public static bool InFours => true;
}

/// <summary>64 rows and 32 columns, each half of the group summing half of the depth; 16 sums a thread.</summary>
public struct Tile64x32 : IProductTile
{
    /// <inheritdoc/>
    public static int Rows => 64;

    /// <inheritdoc/>
    public static int Columns => 32;

    /// <inheritdoc/>
    public static int RowBlocks => 1;

    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int Parts => 2;

    /// <inheritdoc/>
    public static bool InFours => true;
}

/// <summary>As <see cref="Tile64x32"/> for channels of any count.</summary>
public struct Tile64x32Scalars : IProductTile
{
    /// <inheritdoc/>
    public static int Rows => 64;

    /// <inheritdoc/>
    public static int Columns => 32;

    /// <inheritdoc/>
    public static int RowBlocks => 1;

    /// <inheritdoc/>
    public static int ColumnBlocks => 1;

    /// <inheritdoc/>
    public static int Parts => 2;

    /// <inheritdoc/>
    public static bool InFours => false;
}
