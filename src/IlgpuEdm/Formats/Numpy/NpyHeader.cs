using System.Globalization;
using System.Text;

namespace IlgpuEdm.Formats.Numpy;

/// <summary>The header of a .npy file: a Python dictionary of type, order and shape, written as text.</summary>
internal sealed class NpyHeader
{
    private readonly string text;
    private int at;
    private SafetensorsType? type;
    private bool? isFortran;
    private int[]? shape;

    private NpyHeader(string text)
    {
        this.text = text;
    }

    /// <summary>Parses a header.</summary>
    /// <exception cref="FormatException">It is not one of an array of numbers.</exception>
    public static (SafetensorsType Type, bool IsFortran, int[] Shape) Parse(ReadOnlySpan<byte> bytes)
    {
        var header = new NpyHeader(Encoding.Latin1.GetString(bytes));
        header.Dictionary();
        return header is { type: { } type, isFortran: { } isFortran, shape: { } shape }
            ? (type, isFortran, shape)
            : throw new FormatException("the header lacks descr, fortran_order or shape");
    }

    /// <summary>A header with its length before it, padded so that the data start at a multiple of 64.</summary>
    public static byte[] Create(SafetensorsType type, IReadOnlyList<int> shape)
    {
        const int Before = 10, Alignment = 64;
        var name = NumpyTypes.Name(type) ?? throw new FormatException($"NumPy has no type {type.FileName()}");
        var sizes = string.Concat(shape.Select(size => size.ToString(CultureInfo.InvariantCulture) + ", "));
        if (shape.Count > 1)
        {
            sizes = sizes[..^2];
        }

        var text = $"{{'descr': '{name}', 'fortran_order': False, 'shape': ({sizes.TrimEnd(' ')}), }}";
        var total = (Before + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        text = text.PadRight(total - Before - 1) + "\n";
        return [.. NpyFile.Magic, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    private void Dictionary()
    {
        Expect('{');
        while (!Take('}'))
        {
            var key = Quoted();
            Expect(':');
            switch (key)
            {
                case "descr" when type == null:
                    type = Peek() == '\''
                        ? NumpyTypes.Parse(Quoted())
                        : throw new FormatException("arrays of records are not read");
                    break;
                case "fortran_order" when isFortran == null:
                    isFortran = Word("True") || (Word("False") ? false : throw Damaged());
                    break;
                case "shape" when shape == null:
                    shape = Shape();
                    break;
                default:
                    throw Damaged();
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        if (text.AsSpan(at).ContainsAnyExcept(" \n"))
        {
            throw Damaged();
        }
    }

    private int[] Shape()
    {
        var sizes = new List<int>();
        Expect('(');
        while (!Take(')'))
        {
            Peek();
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (!int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                || sizes.Count == NumpyArray.MostDimensions)
            {
                throw new FormatException("the header has a bad shape");
            }

            at = end;
            sizes.Add(size);
            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. sizes];
    }

    private string Quoted()
    {
        Expect('\'');
        var end = text.IndexOf('\'', at);
        if (end < 0)
        {
            throw Damaged();
        }

        var quoted = text[at..end];
        at = end + 1;
        return quoted;
    }

    private bool Word(string word)
    {
        Peek();
        var found = text.AsSpan(at).StartsWith(word, StringComparison.Ordinal);
        at += found ? word.Length : 0;
        return found;
    }

    private bool Take(char c)
    {
        var found = Peek() == c;
        at += found ? 1 : 0;
        return found;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Damaged();
        }
    }

    // The next character that is no space; 0 at the end.
    private char Peek()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at < text.Length ? text[at] : '\0';
    }

    private static FormatException Damaged() => new("the header is damaged");
}
