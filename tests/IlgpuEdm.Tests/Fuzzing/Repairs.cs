using System.Buffers.Binary;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Makes checksums right again, behind which nothing of a damaged file would else be looked at.</summary>
internal static class Repairs
{
    private const uint DirectoryEntry = 0x02014b50;

    /// <summary>Those of a PNG's chunks.</summary>
    public static void Png(byte[] bytes)
    {
        for (var at = 8; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12)
            {
                return;
            }
            var end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(end), Crc32.Compute(bytes.AsSpan(at + 4, (int)length + 4)));
            at = end + 4;
        }
    }

    /// <summary>Those of a zip's stored entries.</summary>
    public static void Zip(byte[] bytes)
    {
        for (var at = 0; at + 46 <= bytes.Length; at++)
        {
            var entry = bytes.AsSpan(at);
            var header = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != DirectoryEntry
                || BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]) != 0 || header + 30L > bytes.Length)
            {
                continue;
            }
            var local = bytes.AsSpan((int)header);
            var data = 30 + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
            if (data + (long)length <= local.Length)
            {
                var sum = Crc32.Compute(local.Slice(data, (int)length));
                BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], sum);
                BinaryPrimitives.WriteUInt32LittleEndian(local[14..], sum);
            }
        }
    }
}
