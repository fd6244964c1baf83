using System.Formats.Tar;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// Reads the binary versions of CIFAR-10 (data_batch_*.bin) and CIFAR-100 (train.bin), plain or in a tar archive.
/// </summary>
internal static class CifarReader
{
    private const int PlaneBytes = CifarKind.Side * CifarKind.Side;

    private static readonly ImageShape Shape = new(CifarKind.Side, CifarKind.Side, 3);

    /// <summary>Reads files one after the other, in the order of their numbers.</summary>
    public static StoredDataset OpenFiles(CifarKind kind, IEnumerable<string> paths, string name, string source)
    {
        var batches = new Batches(kind, paths.Select(p => (p, new FileInfo(p).Length)), p => p);
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
            var found = new List<(string Name, long Length)>();
            ForEachFile(path, entry => found.Add((entry.Name, entry.Length)));
            var kind = Array.Find([CifarKind.Ten, CifarKind.Hundred], k => found.Exists(f => k.IsBatchName(f.Name)));
            if (kind is null)
            {
                return OpenPython(path, name, found.Select(f => f.Name));
            }
            found.RemoveAll(f => !kind.IsBatchName(f.Name));
            var batches = new Batches(kind, found, n => $"{path}: {n}");
            return Build(batches, name, path, () => ForEachFile(path, entry =>
            {
                if (kind.IsBatchName(entry.Name))
                {
                    batches.Read(entry.Name, entry.DataStream ?? Stream.Null);
                }
            }));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException
            or OverflowException or ArgumentException or NotSupportedException)
        {
            throw new EdmException($"{path}: the archive is truncated or damaged ({OneLine.Of(error)}); get it again", error);
        }
    }

    private static StoredDataset OpenPython(string path, string name, IEnumerable<string> names)
    {
        var kind = names.Select(CifarPython.KindOf).FirstOrDefault(k => k is not null) ?? throw new EdmException(
            $"{path}: an archive without data_batch_*.bin, data_batch_1 or train; of tar archives only those of CIFAR are read, "
            + "unpack others");
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        ForEachFile(path, entry =>
        {
            if (CifarPython.KindOf(entry.Name) == kind)
            {
                files.Add((entry.Name, CifarPython.Content(entry)));
            }
        });
        return CifarPython.Open(kind, files, name, path);
    }

    private static StoredDataset Build(Batches batches, string name, string source, Action read)
    {
        try
        {
            read();
            return new StoredDataset(name, Path.GetFullPath(source), Shape, batches.Count, batches.Store, batches.LabelList);
        }
        catch
        {
            batches.Store.Dispose();
            throw;
        }
    }

    private static void ForEachFile(string path, Action<TarEntry> action)
    {
        using var stream = FileContent.OpenUnpacked(path);
        using (var tar = new TarReader(stream, leaveOpen: true))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
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
        private readonly CifarKind kind;
        private readonly int[] labels;

        public Batches(CifarKind kind, IEnumerable<(string Name, long Length)> files, Func<string, string> nameForErrors)
        {
            this.kind = kind;
            this.nameForErrors = nameForErrors;
            foreach (var (name, length) in files.OrderBy(f => f.Name.Length).ThenBy(f => f.Name, StringComparer.Ordinal))
            {
                if (length == 0 || length % kind.RecordBytes != 0)
                {
                    throw new EdmException(
                        $"{nameForErrors(name)}: {length} bytes are no whole number of {kind.Name} records of {kind.RecordBytes} bytes; "
                        + "it is truncated, get it again");
                }
                if (!ranges.TryAdd(name, (Count, length / kind.RecordBytes)))
                {
                    throw new EdmException($"{nameForErrors(name)}: there are two files of this name");
                }
                Count += length / kind.RecordBytes;
            }
            Store = new PixelStore(CifarKind.PixelBytes, Count);
            labels = new int[Count];
        }

        public long Count { get; }

        public PixelStore Store { get; }

        public LabelList? LabelList => Data.LabelList.OfClasses(labels, kind.Classes);

        public IEnumerable<string> Names => ranges.OrderBy(r => r.Value.Start).Select(r => r.Key);

        public void Read(string name, Stream stream)
        {
            var (start, count) = ranges[name];
            var record = new byte[kind.RecordBytes];
            var pixels = new byte[CifarKind.PixelBytes];
            for (long i = 0; i < count; i++)
            {
                stream.ReadExactly(record);
                var label = record[kind.LabelBytes - 1];
                if (label >= kind.Classes)
                {
                    throw new EdmException(
                        $"{nameForErrors(name)}: record {i + 1} has label {label}, {kind.Name} has 0 to {kind.Classes - 1}; "
                        + "it is damaged or of another kind");
                }
                labels[start + i] = label;
                var planes = record.AsSpan(kind.LabelBytes);
                for (var p = 0; p < PlaneBytes; p++)
                {
                    pixels[3 * p] = planes[p];
                    pixels[(3 * p) + 1] = planes[PlaneBytes + p];
                    pixels[(3 * p) + 2] = planes[(2 * PlaneBytes) + p];
                }
                Store.Write(start + i, pixels);
            }
        }
    }
}
