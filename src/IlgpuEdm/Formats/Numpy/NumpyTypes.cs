namespace IlgpuEdm.Formats.Numpy;

/// <summary>NumPy's names of element types, such as <c>&lt;f4</c>.</summary>
internal static class NumpyTypes
{
    private static readonly (SafetensorsType Type, string Name)[] Table =
    [
        (SafetensorsType.Bool, "b1"), (SafetensorsType.U8, "u1"), (SafetensorsType.I8, "i1"), (SafetensorsType.U16, "u2"),
        (SafetensorsType.I16, "i2"), (SafetensorsType.U32, "u4"), (SafetensorsType.I32, "i4"), (SafetensorsType.U64, "u8"),
        (SafetensorsType.I64, "i8"), (SafetensorsType.F16, "f2"), (SafetensorsType.F32, "f4"), (SafetensorsType.F64, "f8"),
    ];

    /// <summary>A type by its name, little-endian or of one byte.</summary>
    /// <exception cref="FormatException">There is none of that name, or its bytes are in another order.</exception>
    public static SafetensorsType Parse(string name)
    {
        foreach (var (type, known) in Table)
        {
            if (name.Length == 3 && name.AsSpan(1).SequenceEqual(known)
                && (name[0] is '<' or '=' || (type.ByteSize() == 1 && name[0] is '|')))
            {
                return type;
            }
        }

        throw new FormatException(
            $"arrays of type '{Pickle.PickleLimits.Shown(name)}' are not read (numbers and truth values, little-endian, are)");
    }

    /// <summary>The name of a type; null where NumPy has none.</summary>
    public static string? Name(SafetensorsType type)
    {
        foreach (var (known, name) in Table)
        {
            if (known == type)
            {
                return (type.ByteSize() == 1 ? "|" : "<") + name;
            }
        }

        return null;
    }
}
