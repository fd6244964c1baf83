namespace IlgpuEdm.Autodiff;

/// <summary>How products of the cooperative schedule are cut into tiles and slices: by shape and batch alone, never by the machine.</summary>
internal static class ProductTiles
{
    // Slices are made until so many groups have work, but none so short that its two passes over memory outweigh its products.
    private const int GroupsWanted = 512;
    private const int LeastChunks = 8;

    /// <summary>Tiles of a size along a side; the last one counts whole.</summary>
    public static long Count(long length, int size) => (length + size - 1) / size;

    /// <summary>Whether tiles of 128 columns suit: there are more than one of 64 holds, and little of the last tile is empty.</summary>
    public static bool Are128Wide(int columns) => columns > 64 && 5 * 128 * Count(columns, 128) <= 6 * columns;

    /// <summary>Parts of a sum that groups of their own compute.</summary>
    /// <param name="tiles">Tiles of the result.</param>
    /// <param name="chunks">Chunks of the sum.</param>
    public static int Slices(long tiles, long chunks) =>
        (int)Math.Clamp(Count(GroupsWanted, (int)tiles), 1, Math.Max(1, chunks / LeastChunks));
}
