using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The products of F(2x2, 3x3) in the forward pass: for each of 16 frequencies, tiles times a packed block of 16 or 32 columns,
/// each sum in the order of the channels with fused multiply-adds.
/// </summary>
public static partial class WinogradProduct
{
    /// <summary><c>m[f] = v[f] u[f]</c>.</summary>
    /// <param name="v">The transformed input, <c>[16, tiles, depth]</c>.</param>
    /// <param name="vOffset">Where it starts.</param>
    /// <param name="vStride">From a frequency of it to the next.</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="depth">Channels.</param>
    /// <param name="u">The transformed weights, <c>[16, depth, width]</c>.</param>
    /// <param name="uOffset">Where they start.</param>
    /// <param name="m">Receives <c>[16, tiles, width]</c>.</param>
    /// <param name="mOffset">Where it starts.</param>
    /// <param name="mStride">From a frequency of it to the next.</param>
    /// <param name="width">16 or 32.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(
        ArrayView<float> v, int vOffset, int vStride, int tiles, int depth, ArrayView<float> u, int uOffset,
        ArrayView<float> m, int mOffset, int mStride, int width)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            MultiplyNarrow(v, vOffset, vStride, tiles, depth, u, uOffset, m, mOffset, mStride, width);
            return;
        }

        ref var a = ref v[vOffset];
        ref var b = ref u[uOffset];
        ref var c = ref m[mOffset];
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            if (width == 32)
            {
                Wide(ref a, tiles, depth, ref b, ref c);
            }
            else
            {
                Half(ref a, tiles, depth, ref b, ref c);
            }

            a = ref Unsafe.Add(ref a, vStride);
            b = ref Unsafe.Add(ref b, depth * width);
            c = ref Unsafe.Add(ref c, mStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(ref float a, int tiles, int depth, ref float b, ref float c)
    {
        for (var tile = 0; tile < tiles; tile += 8)
        {
            MatrixTile.Multiply8x32(
                ref a, depth, 1, Math.Min(8, tiles - tile), depth, ref b, 32, ref c, 32, ref Unsafe.NullRef<float>(), 0);
            a = ref Unsafe.Add(ref a, 8 * depth);
            c = ref Unsafe.Add(ref c, 8 * 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(ref float a, int tiles, int depth, ref float b, ref float c)
    {
        for (var tile = 0; tile < tiles; tile += 8)
        {
            Multiply8x16(ref a, depth, tiles - tile, ref b, ref c);
            a = ref Unsafe.Add(ref a, 8 * depth);
            c = ref Unsafe.Add(ref c, 8 * 16);
        }
    }
}
