using System.Buffers.Binary;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>
/// Damages files in ways that readers get wrong: flipped bits, other bytes, pieces cut out, doubled or taken from another file, the end cut
/// off, and numbers that look like lengths. The number of a mutation determines it.
/// </summary>
internal static class Mutations
{
    private static readonly ulong[] Lengths =
        [0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 10_000_000_000, long.MaxValue, ulong.MaxValue];

    /// <summary>One damaged file.</summary>
    /// <param name="seeds">Whole files; pieces of one may get into another.</param>
    /// <param name="number">The mutation.</param>
    public static byte[] Of(IReadOnlyList<byte[]> seeds, int number)
    {
        var random = new Draws((ulong)number);
        var bytes = (byte[])seeds[random.Below(seeds.Count)].Clone();
        for (var i = 1 + random.Below(3); i > 0 && bytes.Length > 0; i--)
        {
            bytes = Once(bytes, seeds[random.Below(seeds.Count)], random);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, byte[] other, Draws random)
    {
        var at = random.Below(bytes.Length);
        var length = random.Below(Math.Min(64, bytes.Length - at)) + 1;
        switch (random.Below(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Below(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Below(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes.AsSpan(at, Math.Min(length, bytes.Length - at)), .. bytes[at..]];
            case 5:
                var from = random.Below(other.Length);
                return [.. bytes[..at], .. other.AsSpan(from, Math.Min(length, other.Length - from)), .. bytes[at..]];
            case 6:
                Number(bytes.AsSpan(at), Lengths[random.Below(Lengths.Length)], 1 << random.Below(4));
                return bytes;
            default:
                Number(bytes.AsSpan(at), (ulong)random.Below(bytes.Length * 2), 1 << random.Below(4));
                return bytes;
        }
    }

    private static void Number(Span<byte> at, ulong value, int size)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number[..Math.Min(size, at.Length)].CopyTo(at);
    }

    // SplitMix64: the same on every machine and in every version of .NET.
    private sealed class Draws(ulong seed)
    {
        private ulong state = seed * 0x9e3779b97f4a7c15;

        public int Below(int count)
        {
            state += 0x9e3779b97f4a7c15;
            var z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return (int)((z ^ (z >> 31)) % (ulong)Math.Max(count, 1));
        }
    }
}
