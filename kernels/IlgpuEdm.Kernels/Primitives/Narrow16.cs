using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Runs of elements from bfloat16 to float32 and back.</summary>
public static class Narrow16
{
    /// <summary>Widens a run.</summary>
    /// <param name="x">A tensor of bfloat16.</param>
    /// <param name="y">Receives float32, from the same element on.</param>
    /// <param name="start">The first element; a multiple of 2.</param>
    /// <param name="count">Elements.</param>
    [IntrinsicImplementation]
    public static void Widen(ArrayView<float> x, ArrayView<float> y, int start, int count)
    {
        if (count > 0)
        {
            Widen(
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<float, ushort>(ref x[start / 2]), count),
                MemoryMarshal.CreateSpan(ref y[start], count));
        }
    }

    /// <summary>The portable body of <see cref="Widen(ArrayView{float}, ArrayView{float}, int, int)"/>.</summary>
    /// <inheritdoc cref="Widen(ArrayView{float}, ArrayView{float}, int, int)"/>
    public static void WidenPortable(ArrayView<float> x, ArrayView<float> y, int start, int count)
    {
        for (var i = start; i < start + count; i++)
        {
            y[i] = BFloat16.Load(x, i);
        }
    }

    /// <summary>Rounds a run.</summary>
    /// <param name="x">A tensor of float32.</param>
    /// <param name="y">Receives bfloat16, from the same element on.</param>
    /// <param name="start">The first element; a multiple of 2.</param>
    /// <param name="count">Elements.</param>
    [IntrinsicImplementation]
    public static void Narrow(ArrayView<float> x, ArrayView<float> y, int start, int count)
    {
        if (count > 0)
        {
            Narrow(
                MemoryMarshal.CreateReadOnlySpan(ref x[start], count),
                MemoryMarshal.CreateSpan(ref Unsafe.As<float, ushort>(ref y[start / 2]), count));
        }
    }

    /// <summary>The portable body of <see cref="Narrow(ArrayView{float}, ArrayView{float}, int, int)"/>.</summary>
    /// <inheritdoc cref="Narrow(ArrayView{float}, ArrayView{float}, int, int)"/>
    public static void NarrowPortable(ArrayView<float> x, ArrayView<float> y, int start, int count)
    {
        for (var i = start; i < start + count; i++)
        {
            BFloat16.Store(y, i, x[i]);
        }
    }

    /// <summary>Widens a run on the host.</summary>
    /// <param name="x">Elements of bfloat16.</param>
    /// <param name="y">Receives as many floats.</param>
    public static void Widen(ReadOnlySpan<ushort> x, Span<float> y)
    {
        var width = Vector<ushort>.Count;
        var i = 0;
        for (; i <= x.Length - width; i += width)
        {
            Vector.Widen(new Vector<ushort>(x[i..]), out var low, out var high);
            Vector.AsVectorSingle(low << 16).CopyTo(y[i..]);
            Vector.AsVectorSingle(high << 16).CopyTo(y[(i + width / 2)..]);
        }

        for (; i < x.Length; i++)
        {
            y[i] = BFloat16.Widen(x[i]);
        }
    }

    /// <summary>Rounds a run on the host.</summary>
    /// <param name="x">Floats.</param>
    /// <param name="y">Receives as many elements of bfloat16.</param>
    public static void Narrow(ReadOnlySpan<float> x, Span<ushort> y)
    {
        var width = Vector<ushort>.Count;
        var i = 0;
        for (; i <= x.Length - width; i += width)
        {
            Vector.Narrow(Round(x[i..]), Round(x[(i + width / 2)..])).CopyTo(y[i..]);
        }

        for (; i < x.Length; i++)
        {
            y[i] = (ushort)BFloat16.Round(x[i]);
        }
    }

    private static Vector<uint> Round(ReadOnlySpan<float> x)
    {
        var bits = Vector.AsVectorUInt32(new Vector<float>(x));
        var rounded = (bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One)) >>> 16;
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
        return Vector.ConditionalSelect(isNaN, new Vector<uint>(BFloat16.QuietNaN), rounded);
    }
}
