namespace IlgpuEdm.Formats;

/// <summary>The element types of the safetensors format, by the names that files use.</summary>
public enum SafetensorsType
{
    /// <summary>Boolean, one byte.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Floating point, 8 bits, 4 of them exponent.</summary>
    F8E4M3,

    /// <summary>Floating point, 8 bits, 5 of them exponent.</summary>
    F8E5M2,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a single-precision number.</summary>
    BF16,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>A power of two, 8 bits of exponent and nothing else.</summary>
    F8E8M0,

    /// <summary>Two numbers of single precision, the real and the imaginary part.</summary>
    C64,
}

/// <summary>Names and sizes of <see cref="SafetensorsType"/>.</summary>
internal static class SafetensorsTypes
{
    private static readonly (SafetensorsType Type, string Name, int Bytes)[] Table =
    [
        (SafetensorsType.Bool, "BOOL", 1),
        (SafetensorsType.U8, "U8", 1),
        (SafetensorsType.I8, "I8", 1),
        (SafetensorsType.F8E4M3, "F8_E4M3", 1),
        (SafetensorsType.F8E5M2, "F8_E5M2", 1),
        (SafetensorsType.I16, "I16", 2),
        (SafetensorsType.U16, "U16", 2),
        (SafetensorsType.F16, "F16", 2),
        (SafetensorsType.BF16, "BF16", 2),
        (SafetensorsType.I32, "I32", 4),
        (SafetensorsType.U32, "U32", 4),
        (SafetensorsType.F32, "F32", 4),
        (SafetensorsType.I64, "I64", 8),
        (SafetensorsType.U64, "U64", 8),
        (SafetensorsType.F64, "F64", 8),
        (SafetensorsType.F8E8M0, "F8_E8M0", 1),
        (SafetensorsType.C64, "C64", 8),
    ];

    public static string FileName(this SafetensorsType type) => Table[(int)type].Name;

    public static int ByteSize(this SafetensorsType type) => Table[(int)type].Bytes;

    public static bool TryParse(string name, out SafetensorsType type)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                type = row.Type;
                return true;
            }
        }
        type = default;
        return false;
    }
}
