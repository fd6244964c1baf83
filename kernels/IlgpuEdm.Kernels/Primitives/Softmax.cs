using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Softmax of a row and its gradient.</summary>
public static class Softmax
{
    /// <summary>Replaces a row by its softmax.</summary>
    /// <param name="rows">Holds the row.</param>
    /// <param name="offset">Where it starts.</param>
    /// <param name="count">Its length.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Forward(ArrayView<float> rows, int offset, int count)
    {
        ref var row = ref rows[offset];
        var vectors = count - count % Vector<float>.Count;
        var maximum = row;
        var maxima = new Vector<float>(row);
        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            maxima = Vector.Max(maxima, Vector.LoadUnsafe(ref row, (nuint)i));
        }

        for (var i = 0; i < Vector<float>.Count; i++)
        {
            maximum = Math.Max(maximum, maxima[i]);
        }

        for (var i = vectors; i < count; i++)
        {
            maximum = Math.Max(maximum, Unsafe.Add(ref row, i));
        }

        var sums = Vector<float>.Zero;
        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            var e = FloatMath.Exp(Vector.LoadUnsafe(ref row, (nuint)i) - new Vector<float>(maximum));
            sums += e;
            e.StoreUnsafe(ref row, (nuint)i);
        }

        var sum = Vector.Sum(sums);
        for (var i = vectors; i < count; i++)
        {
            var e = FloatMath.Exp(Unsafe.Add(ref row, i) - maximum);
            sum += e;
            Unsafe.Add(ref row, i) = e;
        }

        var factor = 1f / sum;
        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            (Vector.LoadUnsafe(ref row, (nuint)i) * factor).StoreUnsafe(ref row, (nuint)i);
        }

        for (var i = vectors; i < count; i++)
        {
            Unsafe.Add(ref row, i) *= factor;
        }
    }

    /// <summary>The portable body of <see cref="Forward"/>.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void ForwardPortable(ArrayView<float> rows, int offset, int count)
    {
        var maximum = rows[offset];
        for (var i = 1; i < count; i++)
        {
            var v = rows[offset + i];
            maximum = v > maximum ? v : maximum;
        }

        var sum = 0f;
        for (var i = 0; i < count; i++)
        {
            var e = FloatMath.Exp(rows[offset + i] - maximum);
            sum += e;
            rows[offset + i] = e;
        }

        var factor = 1f / sum;
        for (var i = 0; i < count; i++)
        {
            rows[offset + i] *= factor;
        }
    }

    /// <summary>Replaces the gradient of a softmax row by that of its input: <c>ds = p * (dp - sum of p * dp)</c>.</summary>
    /// <param name="probabilities">Holds the row p that the forward pass made.</param>
    /// <param name="gradients">Holds the row dp, and receives ds.</param>
    /// <param name="offset">Where both start.</param>
    /// <param name="count">Their length.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Backward(ArrayView<float> probabilities, ArrayView<float> gradients, int offset, int count)
    {
        ref var p = ref probabilities[offset];
        ref var d = ref gradients[offset];
        var vectors = count - count % Vector<float>.Count;
        var sums = Vector<float>.Zero;
        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            sums = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref p, (nuint)i), Vector.LoadUnsafe(ref d, (nuint)i), sums);
        }

        var dot = Vector.Sum(sums);
        for (var i = vectors; i < count; i++)
        {
            dot += Unsafe.Add(ref p, i) * Unsafe.Add(ref d, i);
        }

        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            var difference = Vector.LoadUnsafe(ref d, (nuint)i) - new Vector<float>(dot);
            (Vector.LoadUnsafe(ref p, (nuint)i) * difference).StoreUnsafe(ref d, (nuint)i);
        }

        for (var i = vectors; i < count; i++)
        {
            Unsafe.Add(ref d, i) = Unsafe.Add(ref p, i) * (Unsafe.Add(ref d, i) - dot);
        }
    }

    /// <summary>The portable body of <see cref="Backward"/>.</summary>
    /// <inheritdoc cref="Backward"/>
    public static void BackwardPortable(ArrayView<float> probabilities, ArrayView<float> gradients, int offset, int count)
    {
        var dot = 0f;
        for (var i = 0; i < count; i++)
        {
            dot += probabilities[offset + i] * gradients[offset + i];
        }

        for (var i = 0; i < count; i++)
        {
            gradients[offset + i] = probabilities[offset + i] * (gradients[offset + i] - dot);
        }
    }
}
