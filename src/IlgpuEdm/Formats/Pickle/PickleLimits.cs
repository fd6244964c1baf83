using System.Text;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>What a pickle may ask for. All that is read grows with the file's length alone; these bound the rest.</summary>
internal static class PickleLimits
{
    /// <summary>Values within each other.</summary>
    public const int Depth = 1000;

    /// <summary>Values that wait on the stack; Python's pickler puts at most 1,000 entries of each open container there.</summary>
    public const int Stack = 1 << 14;

    /// <summary>Bytes of a module's or class's name.</summary>
    public const int Name = 256;

    /// <summary>The depth of a value that holds one of a given depth.</summary>
    /// <exception cref="FormatException">It is too deep.</exception>
    public static int Nested(int depth) =>
        depth < Depth ? depth + 1 : throw new FormatException($"values are nested more than {Depth} deep");

    /// <summary>A name out of a file, fit to be shown: printable, on one line and not long.</summary>
    public static string Shown(string name)
    {
        const int Longest = 100;
        var text = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, Longest)))
        {
            text.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c);
        }

        return name.Length > Longest ? text.Append("...").ToString() : text.ToString();
    }
}

/// <summary>
/// Bytes that may be worked on again: short opcodes can name a long value many times over, so what is decoded twice or more is bounded by
/// a multiple of the file's length.
/// </summary>
internal sealed class PickleBudget(long fileLength)
{
    private long left = 8 * fileLength + (1 << 16);

    /// <summary>Takes a number of bytes off the budget.</summary>
    /// <exception cref="FormatException">It is spent.</exception>
    public void Spend(long bytes)
    {
        left -= bytes;
        if (left < 0)
        {
            throw new FormatException("it decodes the same bytes over and over, which no file of Python's does");
        }
    }
}
