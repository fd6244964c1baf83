using System.Buffers.Binary;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>
/// Changes files at random: bits, bytes, numbers that count something, pieces that are cut, doubled or taken from elsewhere.
/// </summary>
internal static class Mutation
{
    private static readonly long[] Extremes =
    [
        0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 10_000_000_000, long.MaxValue,
        long.MinValue,
    ];

    /// <summary>A file made from one of several seeds.</summary>
    public static byte[] Mutate(Random random, IReadOnlyList<byte[]> seeds)
    {
        var bytes = (byte[])seeds[random.Next(seeds.Count)].Clone();
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
        {
            bytes = Change(random, bytes, seeds);
        }
        return bytes;
    }

    private static byte[] Change(Random random, byte[] bytes, IReadOnlyList<byte[]> seeds)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }
        // Headers lie at either end.
        var at = random.Next(3) switch
        {
            0 => random.Next(bytes.Length),
            1 => random.Next(Math.Min(64, bytes.Length)),
            _ => bytes.Length - 1 - random.Next(Math.Min(256, bytes.Length)),
        };
        var length = 1 + random.Next(Math.Min(40, bytes.Length - at));
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                WriteNumber(random, bytes.AsSpan(at), bytes.Length);
                return bytes;
            case 3:
                bytes[at] = (byte)(bytes[at] + random.Next(-3, 4));
                return bytes;
            case 4:
                return random.Next(2) == 0 ? bytes[..at] : [.. bytes[..at], .. bytes[(at + length)..]];
            case 5:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 6:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            default:
                var other = seeds[random.Next(seeds.Count)];
                return [.. bytes[..at], .. other[random.Next(other.Length)..]];
        }
    }

    // An extreme one, or one that may pass for a length or a place in the file.
    private static void WriteNumber(Random random, Span<byte> place, int length)
    {
        var number = random.Next(3) == 0 ? random.Next(2 * length) : Extremes[random.Next(Extremes.Length)];
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        var size = Math.Min(place.Length, 1 << random.Next(4));
        bytes = bytes[..size];
        if (random.Next(2) == 0)
        {
            bytes.Reverse();
        }
        bytes.CopyTo(place);
    }
}
