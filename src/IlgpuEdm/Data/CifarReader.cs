using System.Formats.Tar;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// Reads CIFAR-10's binary version: records of one label byte and 32x32 bytes each of red, green and blue, in
/// data_batch_*.bin files, plain or in a tar archive.
/// </summary>
internal static class CifarReader
{
    public const int RecordBytes = 1 + PixelBytes;

    private const int Classes = 10;
    private const int Side = 32;
    private const int PlaneBytes = Side * Side;
    private const int PixelBytes = 3 * PlaneBytes;

    private static readonly ImageShape Shape = new(Side, Side, 3);

    public static bool IsRecords(ReadOnlySpan<byte> head, long length) =>
        length > 0 && length % RecordBytes == 0 && head.Length > 0 && head[0] < Classes;

    public static bool IsBatchName(string path) =>
        Path.GetFileName(path) is var name
        && name.StartsWith("data_batch_", StringComparison.Ordinal)
        && name.EndsWith(".bin", StringComparison.Ordinal);

    /// <summary>Reads files one after the other, in the order of their numbers.</summary>
    public static StoredDataset OpenFiles(IEnumerable<string> paths, string name, string source)
    {
        var batches = new Batches(paths.Select(p => (p, new FileInfo(p).Length)), p => p);
        return Build(batches, name, source, () =>
        {
            foreach (var path in batches.Names)
            {
                using var stream = FileContent.OpenPlain(path);
                batches.Read(path, stream);
            }
        });
    }

    /// <summary>Reads the batches in a tar archive, packed by gzip or not.</summary>
    public static StoredDataset OpenTar(string path, string name)
    {
        try
        {
            // Once for the names and lengths, since the archive holds the batches in any order, and once for the images.
            var found = new List<(string, long)>();
            ForEachBatch(path, entry => found.Add((entry.Name, entry.Length)));
            if (found.Count == 0)
            {
                throw new EdmException(
                    $"{path}: an archive without data_batch_*.bin; of tar archives only CIFAR-10's binary version is read, unpack others");
            }
            var batches = new Batches(found, n => $"{path}: {n}");
            return Build(batches, name, path, () => ForEachBatch(path, entry => batches.Read(entry.Name, entry.DataStream ?? Stream.Null)));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new EdmException($"{path}: the archive is truncated or damaged ({OneLine.Of(error)}); get it again", error);
        }
    }

    private static StoredDataset Build(Batches batches, string name, string source, Action read)
    {
        try
        {
            read();
            return new StoredDataset(name, Path.GetFullPath(source), Shape, batches.Count, batches.Store, batches.Labels, Classes);
        }
        catch
        {
            batches.Store.Dispose();
            throw;
        }
    }

    private static void ForEachBatch(string path, Action<TarEntry> action)
    {
        using var stream = FileContent.OpenUnpacked(path);
        using (var tar = new TarReader(stream, leaveOpen: true))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && IsBatchName(entry.Name))
                {
                    action(entry);
                }
            }
        }
        // On to the very end, where gzip checks its sum.
        stream.CopyTo(Stream.Null);
    }

    /// <summary>The batches of a data set: where the records of each begin, and everything read so far.</summary>
    private sealed class Batches
    {
        private readonly Dictionary<string, (long Start, long Count)> ranges = [];
        private readonly Func<string, string> nameForErrors;

        public Batches(IEnumerable<(string Name, long Length)> files, Func<string, string> nameForErrors)
        {
            this.nameForErrors = nameForErrors;
            foreach (var (name, length) in files.OrderBy(f => f.Name.Length).ThenBy(f => f.Name, StringComparer.Ordinal))
            {
                if (length == 0 || length % RecordBytes != 0)
                {
                    throw new EdmException(
                        $"{nameForErrors(name)}: {length} bytes are no whole number of CIFAR-10 records of {RecordBytes} bytes; "
                        + "it is truncated, get it again");
                }
                if (!ranges.TryAdd(name, (Count, length / RecordBytes)))
                {
                    throw new EdmException($"{nameForErrors(name)}: there are two files of this name");
                }
                Count += length / RecordBytes;
            }
            Store = new PixelStore(PixelBytes, Count);
            Labels = new int[Count];
        }

        public long Count { get; }

        public PixelStore Store { get; }

        public int[] Labels { get; }

        public IEnumerable<string> Names => ranges.OrderBy(r => r.Value.Start).Select(r => r.Key);

        public void Read(string name, Stream stream)
        {
            var (start, count) = ranges[name];
            var record = new byte[RecordBytes];
            var pixels = new byte[PixelBytes];
            for (long i = 0; i < count; i++)
            {
                stream.ReadExactly(record);
                if (record[0] >= Classes)
                {
                    throw new EdmException(
                        $"{nameForErrors(name)}: record {i + 1} has label {record[0]}, CIFAR-10 has 0 to 9; "
                        + "it is damaged or of another kind");
                }
                Labels[start + i] = record[0];
                for (var p = 0; p < PlaneBytes; p++)
                {
                    pixels[3 * p] = record[1 + p];
                    pixels[(3 * p) + 1] = record[1 + PlaneBytes + p];
                    pixels[(3 * p) + 2] = record[1 + (2 * PlaneBytes) + p];
                }
                Store.Write(start + i, pixels);
            }
        }
    }
}
