using System.Runtime.InteropServices;
using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>NumPy's arrays and numbers as pickles hold them.</summary>
internal static class PickledArrays
{
    /// <summary>An array's state: version, shape, type, whether columns come first, and the bytes.</summary>
    public static NumpyArray FromState(PickleValue state)
    {
        if (state is not PickleList { Items: [_, PickleList shape, PickleObject type, PickleBoolean fortran, PickleBytes bytes] })
        {
            throw new FormatException("the state of an array is not one of numbers (arrays of Python objects are not read)");
        }

        return NumpyArray.Create(Type(type), Shape(shape), fortran.Value, bytes.Value);
    }

    /// <summary>Protocol 5: bytes, type, shape, order.</summary>
    public static PickleArray FromBuffer(PickleList arguments)
    {
        var order = PickleDictionary.Name(PickleCalls.Argument<PickleValue>(arguments, 3));
        return order is "C" or "F"
            ? new PickleArray(NumpyArray.Create(
                Type(PickleCalls.Argument<PickleObject>(arguments, 1)), Shape(PickleCalls.Argument<PickleList>(arguments, 2)),
                order == "F", PickleCalls.Argument<PickleBytes>(arguments, 0).Value))
            : throw new FormatException("an array's order is neither C nor F");
    }

    /// <summary>A single number: its type and bytes.</summary>
    public static PickleValue Scalar(PickleList arguments)
    {
        var array = NumpyArray.Create(
            Type(PickleCalls.Argument<PickleObject>(arguments, 0)), [], false, PickleCalls.Argument<PickleBytes>(arguments, 1).Value);
        var bytes = array.Bytes.Span;
        return array.Type switch
        {
            SafetensorsType.Bool => bytes[0] != 0 ? PickleBoolean.True : PickleBoolean.False,
            SafetensorsType.F64 => new PickleFloat(MemoryMarshal.Read<double>(bytes)),
            SafetensorsType.F32 => new PickleFloat(MemoryMarshal.Read<float>(bytes)),
            SafetensorsType.F16 => new PickleFloat((double)MemoryMarshal.Read<Half>(bytes)),
            SafetensorsType.U8 or SafetensorsType.U16 or SafetensorsType.U32 or SafetensorsType.U64 =>
                new PickleInteger(new System.Numerics.BigInteger(bytes, isUnsigned: true)),
            _ => new PickleInteger(new System.Numerics.BigInteger(bytes)),
        };
    }

    // numpy.dtype('f4', ...) with the byte order in its state: (3, '<', ...).
    private static SafetensorsType Type(PickleObject type)
    {
        if (type.Type.Role != PickleGlobalKind.ElementType || type.Arguments.Items.Count == 0)
        {
            throw new FormatException("the type of an array is no numpy.dtype");
        }

        var order = type.State is PickleList { Items: [_, var mark, ..] } ? PickleDictionary.Name(mark) : "=";
        return NumpyTypes.Parse(order + PickleDictionary.Name(type.Arguments.Items[0]));
    }

    private static int[] Shape(PickleList shape)
    {
        if (shape.Items.Count > NumpyArray.MostDimensions)
        {
            throw new FormatException($"an array has {shape.Items.Count} dimensions");
        }

        return [.. shape.Items.Select(size => (int)PickleCalls.Number(size, 0, int.MaxValue))];
    }
}
