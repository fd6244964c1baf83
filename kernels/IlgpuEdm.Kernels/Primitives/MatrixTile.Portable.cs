using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>The tile on OpenCL and CUDA.</content>
public static partial class MatrixTile
{
    /// <summary>The portable body of <see cref="Multiply"/>, in quarters whose 64 sums compilers keep in registers.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyPortable(
        ArrayView<float> a, int aOffset, int aRow, int aStep, int count, int depth, ArrayView<float> b, int bOffset, int bRow,
        ArrayView<float> c, int cOffset, int cRow, int columns, ArrayView<float> d, int dOffset, int dRow)
    {
        var sums = LocalMemory.Allocate<float>(64);
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var row = (quarter >> 1) * 4;
            var column = (quarter & 1) * 16;
            if (row < count && column < columns)
            {
                for (var j = 0; j < 64; j++)
                {
                    sums[j] = 0f;
                }

                var last = count - 1;
                var p0 = aOffset + row * aRow;
                var p1 = aOffset + (row + 1 < last ? row + 1 : last) * aRow;
                var p2 = aOffset + (row + 2 < last ? row + 2 : last) * aRow;
                var p3 = aOffset + (row + 3 < last ? row + 3 : last) * aRow;
                var w = bOffset + column;
                for (var k = 0; k < depth; k++)
                {
                    var v0 = a[p0 + k * aStep];
                    var v1 = a[p1 + k * aStep];
                    var v2 = a[p2 + k * aStep];
                    var v3 = a[p3 + k * aStep];
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

                    w += bRow;
                }

                var rows = count - row < 4 ? count - row : 4;
                var valid = columns - column < 16 ? columns - column : 16;
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < valid; j++)
                    {
                        var v = sums[i * 16 + j];
                        if (dOffset >= 0)
                        {
                            v += d[dOffset + (row + i) * dRow + column + j];
                        }

                        c[cOffset + (row + i) * cRow + column + j] = v;
                    }
                }
            }
        }
    }
}
