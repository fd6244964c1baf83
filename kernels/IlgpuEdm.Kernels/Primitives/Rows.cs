using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Moves runs of floats between tensors, scratch and packed blocks.</summary>
public static class Rows
{
    /// <summary>Copies a contiguous run.</summary>
    /// <param name="source">Where to read.</param>
    /// <param name="sourceOffset">First float read.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="targetOffset">First float written.</param>
    /// <param name="count">Floats to copy.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Copy(ArrayView<float> source, int sourceOffset, ArrayView<float> target, int targetOffset, int count) =>
        MemoryMarshal.CreateReadOnlySpan(ref source[sourceOffset], count)
            .CopyTo(MemoryMarshal.CreateSpan(ref target[targetOffset], count));

    /// <summary>The portable body of <see cref="Copy"/>.</summary>
    /// <inheritdoc cref="Copy"/>
    public static void CopyPortable(ArrayView<float> source, int sourceOffset, ArrayView<float> target, int targetOffset, int count)
    {
        for (var i = 0; i < count; i++)
        {
            target[targetOffset + i] = source[sourceOffset + i];
        }
    }

    /// <summary>Writes one value to a contiguous run.</summary>
    /// <param name="target">Where to write.</param>
    /// <param name="targetOffset">First float written.</param>
    /// <param name="count">Floats to write.</param>
    /// <param name="value">The value.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fill(ArrayView<float> target, int targetOffset, int count, float value) =>
        MemoryMarshal.CreateSpan(ref target[targetOffset], count).Fill(value);

    /// <summary>The portable body of <see cref="Fill"/>.</summary>
    /// <inheritdoc cref="Fill"/>
    public static void FillPortable(ArrayView<float> target, int targetOffset, int count, float value)
    {
        for (var i = 0; i < count; i++)
        {
            target[targetOffset + i] = value;
        }
    }

    /// <summary>Copies rows of up to <c>width</c> floats into a packed block, filling each row up with zeros.</summary>
    /// <param name="source">Where to read.</param>
    /// <param name="sourceOffset">Start of the first row.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="valid">Floats in a row of the source.</param>
    /// <param name="target">The packed block, <c>[rows, width]</c>.</param>
    /// <param name="targetOffset">Where it starts.</param>
    /// <param name="width">Floats in a row of the block.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Pack(
        ArrayView<float> source, int sourceOffset, int stride, int rows, int valid, ArrayView<float> target, int targetOffset, int width)
    {
        ref var from = ref source[sourceOffset];
        ref var to = ref target[targetOffset];
        for (var r = 0; r < rows; r++)
        {
            var row = MemoryMarshal.CreateSpan(ref to, width);
            MemoryMarshal.CreateReadOnlySpan(ref from, valid).CopyTo(row);
            if (valid < width)
            {
                row[valid..].Clear();
            }

            from = ref Unsafe.Add(ref from, stride);
            to = ref Unsafe.Add(ref to, width);
        }
    }

    /// <summary>The portable body of <see cref="Pack"/>.</summary>
    /// <inheritdoc cref="Pack"/>
    public static void PackPortable(
        ArrayView<float> source, int sourceOffset, int stride, int rows, int valid, ArrayView<float> target, int targetOffset, int width)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < width; j++)
            {
                target[targetOffset + r * width + j] = j < valid ? source[sourceOffset + r * stride + j] : 0f;
            }
        }
    }

    /// <summary>
    /// Copies columns into a packed block: row r of the block holds float r of each of <c>valid</c> source rows, then zeros.
    /// </summary>
    /// <param name="source">Where to read.</param>
    /// <param name="sourceOffset">Start of the first source row.</param>
    /// <param name="stride">From a source row to the next.</param>
    /// <param name="rows">Number of rows of the block: floats read of each source row.</param>
    /// <param name="valid">Source rows.</param>
    /// <param name="target">The packed block, <c>[rows, width]</c>.</param>
    /// <param name="targetOffset">Where it starts.</param>
    /// <param name="width">Floats in a row of the block.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void PackTransposed(
        ArrayView<float> source, int sourceOffset, int stride, int rows, int valid, ArrayView<float> target, int targetOffset, int width) =>
        Transposition.Pack(ref source[sourceOffset], stride, rows, valid, ref target[targetOffset], width);

    /// <summary>The portable body of <see cref="PackTransposed"/>.</summary>
    /// <inheritdoc cref="PackTransposed"/>
    public static void PackTransposedPortable(
        ArrayView<float> source, int sourceOffset, int stride, int rows, int valid, ArrayView<float> target, int targetOffset, int width)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < width; j++)
            {
                target[targetOffset + r * width + j] = j < valid ? source[sourceOffset + j * stride + r] : 0f;
            }
        }
    }

    /// <summary>
    /// Writes a finished tile: <c>y = (alpha * tile + bias + residual) * scale + previous</c>, where bias, residual and the previous value
    /// of y take part only if asked for.
    /// </summary>
    /// <param name="tile">The tile, <c>[rows, tileWidth]</c>.</param>
    /// <param name="tileOffset">Where it starts.</param>
    /// <param name="tileWidth">Floats in a row of the tile.</param>
    /// <param name="rows">Rows to write.</param>
    /// <param name="columns">Columns to write.</param>
    /// <param name="y">The result.</param>
    /// <param name="yOffset">Where its first row starts.</param>
    /// <param name="yStride">From a row of the result to the next.</param>
    /// <param name="bias">One float a column.</param>
    /// <param name="biasOffset">The first column's bias, or -1 for none.</param>
    /// <param name="residual">Laid out as the result.</param>
    /// <param name="residualOffset">Where its first row starts, or -1 for none.</param>
    /// <param name="alpha">Factor of the tile.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <param name="accumulate">0 to overwrite the result, else it is added to.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void StoreTile(
        ArrayView<float> tile, int tileOffset, int tileWidth, int rows, int columns, ArrayView<float> y, int yOffset, int yStride,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float alpha, float scale, int accumulate)
    {
        ref var from = ref tile[tileOffset];
        StoreRows(
            ref from, tileWidth, rows, columns, ref y[yOffset], yStride,
            ref biasOffset >= 0 ? ref bias[biasOffset] : ref Unsafe.NullRef<float>(),
            ref residualOffset >= 0 ? ref residual[residualOffset] : ref Unsafe.NullRef<float>(), alpha, scale, accumulate);
    }

    // Bias and residual are null references where there are none.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void StoreRows(
        ref float from, int tileWidth, int rows, int columns, ref float to, int yStride, ref float add, ref float other,
        float alpha, float scale, int accumulate)
    {
        if (Vector512.IsHardwareAccelerated && (columns & 15) == 0)
        {
            StoreWide(ref from, tileWidth, rows, columns, ref to, yStride, ref add, ref other, alpha, scale, accumulate);
            return;
        }

        var useBias = !Unsafe.IsNullRef(ref add);
        var useResidual = !Unsafe.IsNullRef(ref other);
        for (var r = 0; r < rows; r++)
        {
            var j = 0;
            for (; j <= columns - Vector<float>.Count; j += Vector<float>.Count)
            {
                var v = Vector.LoadUnsafe(ref from, (nuint)j) * alpha;
                if (useBias)
                {
                    v += Vector.LoadUnsafe(ref add, (nuint)j);
                }

                if (useResidual)
                {
                    v += Vector.LoadUnsafe(ref other, (nuint)j);
                }

                v *= scale;
                if (accumulate != 0)
                {
                    v += Vector.LoadUnsafe(ref to, (nuint)j);
                }

                v.StoreUnsafe(ref to, (nuint)j);
            }

            for (; j < columns; j++)
            {
                var v = Unsafe.Add(ref from, j) * alpha;
                if (useBias)
                {
                    v += Unsafe.Add(ref add, j);
                }

                if (useResidual)
                {
                    v += Unsafe.Add(ref other, j);
                }

                v *= scale;
                Unsafe.Add(ref to, j) = accumulate != 0 ? v + Unsafe.Add(ref to, j) : v;
            }

            to = ref Unsafe.Add(ref to, yStride);
            from = ref Unsafe.Add(ref from, tileWidth);
            if (useResidual)
            {
                other = ref Unsafe.Add(ref other, yStride);
            }
        }
    }

    private static void StoreWide(
        ref float from, int tileWidth, int rows, int columns, ref float to, int yStride, ref float add, ref float other,
        float alpha, float scale, int accumulate)
    {
        var useResidual = !Unsafe.IsNullRef(ref other);
        for (var j = 0; j < columns; j += 16)
        {
            var bias = Unsafe.IsNullRef(ref add) ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref add, (nuint)j);
            nint source = j, sink = j;
            for (var r = 0; r < rows; r++)
            {
                var v = Vector512.LoadUnsafe(ref from, (nuint)source) * alpha + bias;
                if (useResidual)
                {
                    v += Vector512.LoadUnsafe(ref other, (nuint)sink);
                }

                v *= scale;
                if (accumulate != 0)
                {
                    v += Vector512.LoadUnsafe(ref to, (nuint)sink);
                }

                v.StoreUnsafe(ref to, (nuint)sink);
                source += tileWidth;
                sink += yStride;
            }
        }
    }

    /// <summary>The portable body of <see cref="StoreTile"/>.</summary>
    /// <inheritdoc cref="StoreTile"/>
    public static void StoreTilePortable(
        ArrayView<float> tile, int tileOffset, int tileWidth, int rows, int columns, ArrayView<float> y, int yOffset, int yStride,
        ArrayView<float> bias, int biasOffset, ArrayView<float> residual, int residualOffset, float alpha, float scale, int accumulate)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < columns; j++)
            {
                var v = tile[tileOffset + r * tileWidth + j] * alpha;
                if (biasOffset >= 0)
                {
                    v += bias[biasOffset + j];
                }

                if (residualOffset >= 0)
                {
                    v += residual[residualOffset + r * yStride + j];
                }

                v *= scale;
                var o = yOffset + r * yStride + j;
                if (accumulate != 0)
                {
                    v += y[o];
                }

                y[o] = v;
            }
        }
    }
}
