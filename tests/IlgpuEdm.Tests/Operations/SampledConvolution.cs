namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Single elements of a 3x3 convolution of one image and of its gradients, on the host in float64: for layers of which computing all
/// would take too long.
/// </summary>
/// <param name="height">Height.</param>
/// <param name="width">Width.</param>
/// <param name="inC">Input channels.</param>
/// <param name="outC">Output channels.</param>
internal sealed class SampledConvolution(int height, int width, int inC, int outC)
{
    /// <summary>An element of the output <c>[h, w, out]</c>, without bias.</summary>
    public double Output(float[] x, float[] weight, int index)
    {
        int pixel = index / outC, o = index % outC;
        double sum = 0;
        for (var tap = 0; tap < 9; tap++)
        {
            if (Neighbour(pixel, tap % 3 - 1, tap / 3 - 1) is { } from)
            {
                for (var i = 0; i < inC; i++)
                {
                    sum += (double)x[from * inC + i] * weight[(tap * inC + i) * outC + o];
                }
            }
        }

        return sum;
    }

    /// <summary>An element of the gradient of the input <c>[h, w, in]</c>.</summary>
    public double InputGradient(float[] dy, float[] weight, int index)
    {
        int pixel = index / inC, i = index % inC;
        double sum = 0;
        for (var tap = 0; tap < 9; tap++)
        {
            if (Neighbour(pixel, 1 - tap % 3, 1 - tap / 3) is { } to)
            {
                for (var o = 0; o < outC; o++)
                {
                    sum += (double)dy[to * outC + o] * weight[(tap * inC + i) * outC + o];
                }
            }
        }

        return sum;
    }

    /// <summary>An element of the gradient of the weights <c>[3, 3, in, out]</c>.</summary>
    public double WeightGradient(float[] x, float[] dy, int index)
    {
        int tap = index / (inC * outC), i = index / outC % inC, o = index % outC;
        double sum = 0;
        for (var pixel = 0; pixel < height * width; pixel++)
        {
            if (Neighbour(pixel, tap % 3 - 1, tap / 3 - 1) is { } from)
            {
                sum += (double)x[from * inC + i] * dy[pixel * outC + o];
            }
        }

        return sum;
    }

    // Null beyond the edges.
    private int? Neighbour(int pixel, int right, int down)
    {
        int x = pixel % width + right, y = pixel / width + down;
        return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : null;
    }
}
