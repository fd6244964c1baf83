using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The tile on OpenCL and CUDA.</content>
public static partial class Tile
{
    // 8 rows by 16 columns, in two halves of 4 rows whose 64 sums compilers keep in registers.
    private static void MultiplyPortable(
        ArrayView<float> a, int aOffset, int x, int width, int pixelStride, int rowSkip, int count,
        int segments, int segmentStride, int length, ArrayView<float> b, int bOffset, ArrayView<float> c, int cOffset, int stride)
    {
        var sums = LocalMemory.Allocate<float>(64);
        for (var half = 0; half < 8; half += 4)
        {
            var o0 = aOffset;
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 1, count);
            var o1 = aOffset;
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 2, count);
            var o2 = aOffset;
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 3, count);
            var o3 = aOffset;
            Next(ref x, ref aOffset, width, pixelStride, rowSkip, half + 4, count);
            for (var j = 0; j < 64; j++)
            {
                sums[j] = 0f;
            }

            var w = bOffset;
            for (var s = 0; s < segments; s++)
            {
                for (var i = s * segmentStride; i < s * segmentStride + length; i++)
                {
                    var v0 = a[o0 + i];
                    var v1 = a[o1 + i];
                    var v2 = a[o2 + i];
                    var v3 = a[o3 + i];
                    for (var j = 0; j < 16; j++)
                    {
                        sums[j] += v0 * b[w + j];
                    }

                    for (var j = 0; j < 16; j++)
                    {
                        sums[16 + j] += v1 * b[w + j];
                    }

                    for (var j = 0; j < 16; j++)
                    {
                        sums[32 + j] += v2 * b[w + j];
                    }

                    for (var j = 0; j < 16; j++)
                    {
                        sums[48 + j] += v3 * b[w + j];
                    }

                    w += stride;
                }
            }

            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 16; j++)
                {
                    c[cOffset + (half + i) * stride + j] = sums[i * 16 + j];
                }
            }
        }
    }
}
