using System.IO.Compression;

namespace IlgpuEdm.Formats;

/// <summary>
/// A zip archive of arrays, read entry by entry: lengths are checked against the archive before memory is taken, sums against the contents.
/// </summary>
internal sealed class ZipContent : IDisposable
{
    // Deflate cannot pack better than 1032 to 1.
    private const long MostPacked = 1032;

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
    private readonly long length;
    private long read;

    /// <summary>Opens an archive.</summary>
    /// <param name="stream">The archive; it stays the caller's.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public ZipContent(Stream stream)
    {
        length = stream.Length;
        archive = Guard(() => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        Guard(() =>
        {
            foreach (var entry in archive.Entries)
            {
                if (!entries.TryAdd(entry.FullName, entry))
                {
                    throw new FormatException($"it holds two entries '{Pickle.PickleLimits.Shown(entry.FullName)}'");
                }
            }

            return true;
        });
    }

    /// <summary>The entries' names in the order of the archive.</summary>
    public IEnumerable<string> Names => archive.Entries.Select(entry => entry.FullName);

    /// <summary>Whether there is an entry of that name.</summary>
    public bool Has(string name) => entries.ContainsKey(name);

    /// <summary>Reads an entry.</summary>
    /// <exception cref="FormatException">It is missing or damaged.</exception>
    public byte[] Read(string name)
    {
        var shown = Pickle.PickleLimits.Shown(name);
        if (!entries.TryGetValue(name, out var entry))
        {
            throw new FormatException($"the entry '{shown}' is missing");
        }

        return Guard(() =>
        {
            // Entries that overlap could otherwise be read over and over.
            read += entry.CompressedLength;
            if (entry.CompressedLength > length || read > length || entry.Length > Array.MaxLength
                || entry.Length > entry.CompressedLength * MostPacked + MostPacked)
            {
                throw new FormatException($"the entry '{shown}' claims {entry.Length} bytes, which an archive of {length} cannot hold");
            }

            if (entry.IsEncrypted)
            {
                throw new FormatException($"the entry '{shown}' is encrypted");
            }

            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            if (stream.ReadByte() >= 0 || Crc32.Compute(bytes) != entry.Crc32)
            {
                throw new FormatException($"the checksum of the entry '{shown}' is wrong");
            }

            return bytes;
        });
    }

    public void Dispose() => archive.Dispose();

    /// <summary>Adds an entry that is stored as it is, with a fixed date, so that the same contents give the same bytes.</summary>
    public static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        write(stream);
    }

    // The library tells of damage by several exceptions.
    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException or ArgumentException
            or OverflowException)
        {
            throw new FormatException($"the zip is truncated or damaged ({OneLine.Of(error)})", error);
        }
    }
}
