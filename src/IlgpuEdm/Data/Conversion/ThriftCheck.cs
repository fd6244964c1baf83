using static IlgpuEdm.Data.Conversion.ThriftShape;

namespace IlgpuEdm.Data.Conversion;

/// <summary>
/// Goes through a struct in Thrift's compact protocol before the library reads it, which believes the lengths and types that stand there:
/// values must be what they should be, and lengths fit in what is left of the bytes.
/// </summary>
internal ref struct ThriftCheck
{
    private const int MostNested = 32;

    private readonly ReadOnlySpan<byte> bytes;
    private int nested;

    private ThriftCheck(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>Number of bytes gone through.</summary>
    private int At;

    /// <summary>Checks a struct.</summary>
    /// <param name="bytes">Begins with it.</param>
    /// <param name="shape">What it should be.</param>
    /// <param name="onField">
    /// Told the whole numbers, truth values and structs among its fields and those of structs right in it: the number of the field whose
    /// struct it stands in, 0 for the outermost; the number of the field; its value, 1 for true, 0 for false and for a struct, which comes
    /// before what is in it.
    /// </param>
    /// <returns>Its length.</returns>
    /// <exception cref="InvalidDataException">It is something else, or longer than the bytes.</exception>
    public static int Struct(ReadOnlySpan<byte> bytes, Struct shape, Action<int, int, long>? onField = null)
    {
        var check = new ThriftCheck(bytes);
        check.Struct(shape, 0, onField);
        return check.At;
    }

    private void Struct(Struct? shape, int parent, Action<int, int, long>? onField)
    {
        var number = 0;
        while (Byte() is var header && header != (byte)ThriftType.Stop)
        {
            var last = number;
            number = header >> 4 is > 0 and var step ? number + step : (short)Number();
            if (number <= last)
            {
                throw new InvalidDataException($"field {number} of its header comes after field {last}");
            }
            var type = (ThriftType)(header & 15);
            var field = shape?.Field(number);
            if (field is not null && (type == ThriftType.False ? ThriftType.True : type) != field.Type)
            {
                throw new InvalidDataException($"field {number} of its header is of type {type}, not {field.Type}");
            }
            // A truth value is in its type.
            if (type is ThriftType.True or ThriftType.False)
            {
                onField?.Invoke(parent, number, type == ThriftType.True ? 1 : 0);
            }
            else
            {
                Value(type, field, number, parent, onField);
            }
        }
    }

    private void Value(ThriftType type, ThriftShape? shape, int number, int parent, Action<int, int, long>? onField)
    {
        // Each is a call or two, and the stack is short.
        if (++nested > MostNested)
        {
            throw new InvalidDataException("its header has too many values within each other");
        }
        switch (type)
        {
            case ThriftType.Byte:
                Skip(1);
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                var value = Number();
                onField?.Invoke(parent, number, value);
                break;
            case ThriftType.Double:
                Skip(sizeof(double));
                break;
            case ThriftType.Binary:
                Skip(Length());
                break;
            case ThriftType.List or ThriftType.Set:
                List((shape as ListOf)?.Element);
                break;
            case ThriftType.Struct:
                onField?.Invoke(parent, number, 0);
                Struct(shape as Struct, number, parent == 0 ? onField : null);
                break;
            default:
                throw new InvalidDataException($"its header has a value of type {(int)type}");
        }
        nested--;
    }

    // Every element takes a byte or more; truth values, which only lists of later versions could hold, the library passes over wrongly.
    private void List(ThriftShape? element)
    {
        var header = Byte();
        var count = header >> 4 < 15 ? header >> 4 : Length();
        var type = (ThriftType)(header & 15);
        if (count > bytes.Length - At || (element is not null && count > 0 && type != element.Type))
        {
            throw new InvalidDataException($"its header has a list of {count} values of type {type} in {bytes.Length - At} bytes");
        }
        for (var i = 0; i < count; i++)
        {
            Value(type, element, 0, 0, null);
        }
    }

    private int Length() =>
        Varint() is var length && length <= (ulong)(bytes.Length - At)
            ? (int)length
            : throw new InvalidDataException($"its header claims a length of {length} where {bytes.Length - At} bytes are left");

    private long Number()
    {
        var zigzag = Varint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new InvalidDataException("its header has a number of more than 64 bits");
    }

    private byte Byte()
    {
        Skip(1);
        return bytes[At - 1];
    }

    private void Skip(int count)
    {
        if (count > bytes.Length - At)
        {
            throw new InvalidDataException("its header ends within a value");
        }
        At += count;
    }
}
