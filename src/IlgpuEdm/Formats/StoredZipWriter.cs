using System.Buffers.Binary;
using System.Text;

namespace IlgpuEdm.Formats;

/// <summary>
/// Writes zip archives whose files are stored uncompressed, all dated 1 January 1980, with nothing that tells one system from
/// another: the same files give the same bytes. Beyond 4 GB or 65,535 files it uses the format's 64-bit fields (zip64).
/// </summary>
internal sealed class StoredZipWriter(Stream stream)
{
    private const ushort Version = 20;
    private const ushort Zip64Version = 45;
    private const ushort Utf8Names = 0x0800;

    // 1 January 1980, the first day that the format can name.
    private const uint Date = 0x0021_0000;

    private readonly List<Entry> entries = [];

    /// <summary>Appends a file; its checksum is <see cref="Crc32"/> of its content.</summary>
    public void Add(string name, ReadOnlySpan<byte> content, uint crc)
    {
        var entry = new Entry(Encoding.UTF8.GetBytes(name), crc, (uint)content.Length, stream.Position);
        entries.Add(entry);
        var header = new byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), Version);
        WriteCommon(header.AsSpan(6), entry);
        stream.Write(header);
        stream.Write(entry.Name);
        stream.Write(content);
    }

    /// <summary>Writes the directory at the end; nothing may be added after it.</summary>
    public void Finish()
    {
        var start = stream.Position;
        foreach (var entry in entries)
        {
            WriteDirectoryEntry(entry);
        }
        var length = stream.Position - start;
        if (entries.Count >= ushort.MaxValue || start >= uint.MaxValue || length >= uint.MaxValue)
        {
            WriteZip64End(start, length);
        }
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)Math.Min(entries.Count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)Math.Min(entries.Count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)Math.Min(length, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)Math.Min(start, uint.MaxValue));
        stream.Write(end);
    }

    private void WriteDirectoryEntry(Entry entry)
    {
        var far = entry.Offset >= uint.MaxValue;
        var header = new byte[46];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), far ? Zip64Version : Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), far ? Zip64Version : Version);
        WriteCommon(header.AsSpan(8), entry);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30), (ushort)(far ? 12 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), (uint)Math.Min(entry.Offset, uint.MaxValue));
        stream.Write(header);
        stream.Write(entry.Name);
        if (far)
        {
            var extra = new byte[12];
            BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), 8);
            BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4), entry.Offset);
            stream.Write(extra);
        }
    }

    private void WriteZip64End(long start, long length)
    {
        var position = stream.Position;
        var end = new byte[56 + 20];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(4), 44);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(12), Zip64Version);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(14), Zip64Version);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(24), entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(32), entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(40), length);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(48), start);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(56), 0x07064b50);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(64), position);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(72), 1);
        stream.Write(end);
    }

    // What the two headers of a file have in common, from the flags on; the method, 0, is "stored".
    private static void WriteCommon(Span<byte> header, Entry entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, Utf8Names);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], entry.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)entry.Name.Length);
    }

    private readonly record struct Entry(byte[] Name, uint Crc, uint Length, long Offset);
}
