namespace IlgpuEdm.Devices;

/// <summary>The tile of a product that a group of threads computes in the cooperative schedule.</summary>
public enum ProductTile
{
    /// <summary>By the shape of the layer.</summary>
    Auto,

    /// <summary>128 rows and columns.</summary>
    Tile128x128,

    /// <summary>128 rows and 64 columns.</summary>
    Tile128x64,

    /// <summary>64 rows and columns.</summary>
    Tile64x64,

    /// <summary>64 rows and 32 columns.</summary>
    Tile64x32,

    /// <summary>64 rows and 32 columns, channel by channel, for channels of any count.</summary>
    Tile64x32Scalars,
}
