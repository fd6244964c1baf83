using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <content>Distances and weights on OpenCL and CUDA.</content>
public static partial class SquaredDistances
{
    private const int Lanes = 16;

    /// <summary>The portable body of <see cref="Compute"/>: four x at once, in 16 sums each, which compilers make vectors of.</summary>
    /// <inheritdoc cref="Compute"/>
    public static void ComputePortable(
        ArrayView<float> x, int xOffset, int xCount, ArrayView<float> y, int yOffset, int yCount, int length,
        ArrayView<float> d, int dOffset, int dRow)
    {
        var sums = LocalMemory.Allocate<float>(4 * Lanes);
        for (var j = 0; j < yCount; j++)
        {
            var v = yOffset + j * length;
            for (var i = 0; i < xCount; i += 4)
            {
                for (var lane = 0; lane < 4 * Lanes; lane++)
                {
                    sums[lane] = 0f;
                }

                var last = xCount - 1;
                var p0 = xOffset + i * length;
                var p1 = xOffset + (i + 1 < last ? i + 1 : last) * length;
                var p2 = xOffset + (i + 2 < last ? i + 2 : last) * length;
                var p3 = xOffset + (i + 3 < last ? i + 3 : last) * length;
                for (var k = 0; k < length; k += Lanes)
                {
                    for (var lane = 0; lane < Lanes; lane++)
                    {
                        var difference = x[p0 + k + lane] - y[v + k + lane];
                        sums[lane] += difference * difference;
                    }

                    for (var lane = 0; lane < Lanes; lane++)
                    {
                        var difference = x[p1 + k + lane] - y[v + k + lane];
                        sums[Lanes + lane] += difference * difference;
                    }

                    for (var lane = 0; lane < Lanes; lane++)
                    {
                        var difference = x[p2 + k + lane] - y[v + k + lane];
                        sums[2 * Lanes + lane] += difference * difference;
                    }

                    for (var lane = 0; lane < Lanes; lane++)
                    {
                        var difference = x[p3 + k + lane] - y[v + k + lane];
                        sums[3 * Lanes + lane] += difference * difference;
                    }
                }

                for (var row = 0; row < 4 && i + row < xCount; row++)
                {
                    var sum = 0f;
                    for (var lane = 0; lane < Lanes; lane++)
                    {
                        sum += sums[row * Lanes + lane];
                    }

                    d[dOffset + (i + row) * dRow + j] = sum;
                }
            }
        }
    }

    /// <summary>The portable body of <see cref="Weigh"/>.</summary>
    /// <inheritdoc cref="Weigh"/>
    public static void WeighPortable(ArrayView<float> d, int offset, int count, float scale, ArrayView<float> numbers, int at)
    {
        var nearest = d[offset];
        for (var i = offset + 1; i < offset + count; i++)
        {
            nearest = d[i] < nearest ? d[i] : nearest;
        }

        var sum = 0f;
        var squares = 0f;
        for (var i = offset; i < offset + count; i++)
        {
            var weight = Weight(d[i] - nearest, scale);
            sum += weight;
            squares += weight * weight;
            d[i] = weight;
        }

        numbers[at] = nearest;
        numbers[at + 1] = sum;
        numbers[at + 2] = squares;
    }
}
