using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The products on OpenCL and CUDA.</content>
public static partial class WinogradProduct
{
    /// <summary>The portable body of <see cref="Multiply"/>.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyPortable(
        ArrayView<float> v, int vOffset, int vStride, int tiles, int depth, ArrayView<float> u, int uOffset,
        ArrayView<float> m, int mOffset, int mStride, int width)
    {
        // 4 tiles by 16 columns, sums that compilers keep in registers; tiles that do not exist repeat the last.
        var sums = LocalMemory.Allocate<float>(64);
        for (var f = 0; f < WinogradInput.Frequencies; f++)
        {
            for (var tile = 0; tile < tiles; tile += 4)
            {
                var a0 = vOffset + f * vStride + tile * depth;
                var a1 = a0 + (tile + 1 < tiles ? depth : 0);
                var a2 = a1 + (tile + 2 < tiles ? depth : 0);
                var a3 = a2 + (tile + 3 < tiles ? depth : 0);
                for (var column = 0; column < width; column += 16)
                {
                    for (var j = 0; j < 64; j++)
                    {
                        sums[j] = 0f;
                    }

                    for (var i = 0; i < depth; i++)
                    {
                        var w = uOffset + (f * depth + i) * width + column;
                        Add(sums, 0, v[a0 + i], u, w);
                        Add(sums, 16, v[a1 + i], u, w);
                        Add(sums, 32, v[a2 + i], u, w);
                        Add(sums, 48, v[a3 + i], u, w);
                    }

                    for (var i = 0; i < 4 && tile + i < tiles; i++)
                    {
                        for (var j = 0; j < 16; j++)
                        {
                            m[mOffset + f * mStride + (tile + i) * width + column + j] = sums[i * 16 + j];
                        }
                    }
                }
            }
        }
    }

    private static void Add(ArrayView<float> sums, int row, float factor, ArrayView<float> u, int w)
    {
        for (var j = 0; j < 16; j++)
        {
            sums[row + j] += factor * u[w + j];
        }
    }
}
