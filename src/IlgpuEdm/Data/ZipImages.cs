using System.IO.Compression;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Image files in a zip archive.</summary>
internal sealed class ZipImages : ImageCollection
{
    private readonly string path;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    // An archive is one stream with one position.
    private readonly Lock gate = new();

    public ZipImages(string path)
    {
        this.path = path;
        try
        {
            archive = ZipFile.OpenRead(path);
            foreach (var entry in archive.Entries)
            {
                var name = entry.FullName.Replace('\\', '/');
                if (!name.EndsWith('/') && !IsHidden(name) && !entries.TryAdd(name, entry))
                {
                    throw new EdmException($"{path}: holds two files named {name}");
                }
            }
        }
        catch (InvalidDataException error)
        {
            archive?.Dispose();
            throw new EdmException($"{path}: the zip is truncated or damaged ({OneLine.Of(error)}); get it again", error);
        }
        catch
        {
            archive?.Dispose();
            throw;
        }
        HasLabelsFile = entries.ContainsKey(LabelsName);
        Names = Sorted(entries.Keys.Where(IsImageName));
    }

    public override string Path => path;

    public override byte[] Read(string name)
    {
        var entry = entries[name];
        if (entry.IsEncrypted)
        {
            throw new EdmException($"{Describe(name)}: is encrypted; unpack the zip and name the folder");
        }
        if (entry.Length > Array.MaxLength)
        {
            throw new EdmException($"{Describe(name)}: {entry.Length} bytes are too many for an image");
        }
        byte[] bytes;
        try
        {
            lock (gate)
            {
                bytes = ReadAll(entry);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new EdmException($"{Describe(name)}: the zip is truncated or damaged here ({OneLine.Of(error)}); get it again", error);
        }
        if (bytes.Length != entry.Length || Crc32.Compute(bytes) != entry.Crc32)
        {
            throw new EdmException($"{Describe(name)}: its checksum is wrong, the zip is damaged; get it again");
        }
        return bytes;
    }

    public override string Describe(string name) => $"{path}: {name}";

    public override void Dispose() => archive.Dispose();

    // The length that the archive states is not to be believed before so many bytes have come.
    private static byte[] ReadAll(ZipArchiveEntry entry)
    {
        using var source = entry.Open();
        using var target = new MemoryStream((int)Math.Min(entry.Length, 1 << 20));
        source.CopyTo(target);
        return target.ToArray();
    }
}
