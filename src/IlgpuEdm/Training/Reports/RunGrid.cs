using System.Buffers.Binary;
using System.Globalization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>A sample grid of a run: one of its files <c>samples-000005056.png</c>.</summary>
/// <param name="Images">Images that training had seen.</param>
/// <param name="Path">The file.</param>
/// <param name="Bytes">The file's length.</param>
public sealed record RunGrid(long Images, string Path, long Bytes)
{
    private const int HeaderBytes = 24;

    // Six by six images of 1024 x 1024 pixels; no browser likes more in one page.
    private const int MostShown = 120_000_000;

    /// <summary>Whether it is small enough to be shown.</summary>
    public bool CanBeShown => Bytes <= MostShown;

    /// <summary>The grids in a folder, in the order of training.</summary>
    /// <param name="folder">The run's folder.</param>
    public static IReadOnlyList<RunGrid> Find(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles(RunFiles.Grids).Select(Of).OfType<RunGrid>().OrderBy(grid => grid.Images),
    ];

    /// <summary>As many of the grids, evenly over the training and with the last, as take no more than some bytes.</summary>
    /// <param name="grids">All grids.</param>
    /// <param name="most">The bytes; the last grid is taken whatever it has.</param>
    public static IReadOnlyList<RunGrid> Select(IReadOnlyList<RunGrid> grids, long most)
    {
        for (int count = grids.Count; count > 1; count--)
        {
            RunGrid[] chosen =
                [.. Enumerable.Range(0, count).Select(i => grids[(int)Math.Round(i * (grids.Count - 1.0) / (count - 1))])];
            if (chosen.Sum(grid => grid.Bytes) <= most)
            {
                return chosen;
            }
        }

        return [.. grids.TakeLast(1)];
    }

    /// <summary>Width and height of the picture in pixels.</summary>
    /// <returns>Null where the file has gone, is too large to be shown or is no PNG.</returns>
    public (int Width, int Height)? TryReadSize() => TryRead(HeaderBytes) is { Length: HeaderBytes } header && ImageSignature.IsPng(header)
        ? (Length(header, 16), Length(header, 20))
        : null;

    /// <summary>The file's content.</summary>
    /// <returns>Null where the file has gone or is too large to be shown.</returns>
    public byte[]? TryReadBytes() => TryRead(MostShown);

    private byte[]? TryRead(int most)
    {
        try
        {
            return CanBeShown ? SharedFile.ReadBytes(Path, most) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A damaged header makes a picture of the wrong size, no more.
    private static int Length(byte[] png, int at) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at)), ushort.MaxValue);

    private static RunGrid? Of(FileInfo file) =>
        long.TryParse(file.Name[RunFiles.GridPrefix.Length..^RunFiles.GridSuffix.Length],
            NumberStyles.None, CultureInfo.InvariantCulture, out long images)
            ? new RunGrid(images, file.FullName, file.Length)
            : null;
}
