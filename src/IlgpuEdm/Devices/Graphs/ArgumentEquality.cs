using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>
/// Whether two kernels' arguments are the same: every field of every struct, floats by their bits, and the buffers that views are of. Bytes
/// between fields count for nothing.
/// </summary>
internal static class ArgumentEquality<T>
    where T : struct
{
    private static readonly Comparison _same = Compile();

    private delegate bool Comparison(ref T a, ref T b);

    /// <summary>Whether they are the same.</summary>
    public static bool Same(in T a, in T b) => _same(ref Unsafe.AsRef(in a), ref Unsafe.AsRef(in b));

    private static Comparison Compile()
    {
        var a = Expression.Parameter(typeof(T).MakeByRefType());
        var b = Expression.Parameter(typeof(T).MakeByRefType());
        return Expression.Lambda<Comparison>(ArgumentFields.Same(a, b, typeof(T)), a, b).Compile();
    }
}

/// <summary>The comparison of two values of any type, field by field.</summary>
internal static class ArgumentFields
{
    /// <summary>An expression that is true where both are the same.</summary>
    /// <exception cref="NotSupportedException">A struct has elements that are no fields.</exception>
    public static Expression Same(Expression a, Expression b, Type type)
    {
        if (type == typeof(float))
        {
            return Expression.Equal(Bits(a, nameof(BitConverter.SingleToInt32Bits)), Bits(b, nameof(BitConverter.SingleToInt32Bits)));
        }

        if (type == typeof(double))
        {
            return Expression.Equal(Bits(a, nameof(BitConverter.DoubleToInt64Bits)), Bits(b, nameof(BitConverter.DoubleToInt64Bits)));
        }

        if (type.IsPrimitive || type.IsEnum)
        {
            return Expression.Equal(a, b);
        }

        if (!type.IsValueType)
        {
            return Expression.ReferenceEqual(a, b);
        }

        if (type.IsDefined(typeof(InlineArrayAttribute)))
        {
            throw new NotSupportedException($"elements of {type.Name} cannot be compared");
        }

        Expression all = Expression.Constant(true);
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (field.IsDefined(typeof(FixedBufferAttribute)) || field.FieldType.IsPointer)
            {
                throw new NotSupportedException($"elements of {type.Name}.{field.Name} cannot be compared");
            }

            all = Expression.AndAlso(all, Same(Expression.Field(a, field), Expression.Field(b, field), field.FieldType));
        }

        return all;
    }

    private static MethodCallExpression Bits(Expression value, string method) =>
        Expression.Call(typeof(BitConverter).GetMethod(method)!, value);
}
