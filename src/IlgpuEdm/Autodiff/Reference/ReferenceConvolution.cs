namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Convolution on the host in float64, slow and obvious: stride 1, zero padding of kernel / 2, so that height and width stay.
/// Images are [n, h, w, channels], the weight is [kernel, kernel, inChannels, outChannels], the bias [outChannels].
/// </summary>
public static class ReferenceConvolution
{
    /// <summary>out[y, x, o] = bias[o] + the sum over ky, kx, i of in[y + ky - k/2, x + kx - k/2, i] weight[ky, kx, i, o].</summary>
    /// <param name="x">Input, [n, h, w, inChannels].</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="bias">Bias, [outChannels].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height.</param>
    /// <param name="w">Width.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="k">Kernel size, odd.</param>
    /// <returns>Output, [n, h, w, outChannels].</returns>
    public static double[] Forward(
        double[] x, double[] weight, double[] bias, int n, int h, int w, int inChannels, int outChannels, int k)
    {
        var output = new double[n * h * w * outChannels];
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = bias[i % outChannels];
        }

        ForEachTap(n, h, w, k, (pixelIn, pixelOut, tap) =>
        {
            for (int i = 0; i < inChannels; i++)
            {
                for (int o = 0; o < outChannels; o++)
                {
                    output[pixelOut * outChannels + o] += x[pixelIn * inChannels + i] * weight[(tap * inChannels + i) * outChannels + o];
                }
            }
        });
        return output;
    }

    /// <summary>The gradient with respect to the input.</summary>
    /// <param name="gradOut">Gradient of the output, [n, h, w, outChannels].</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height.</param>
    /// <param name="w">Width.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="k">Kernel size, odd.</param>
    /// <returns>Gradient, [n, h, w, inChannels].</returns>
    public static double[] InputGradient(
        double[] gradOut, double[] weight, int n, int h, int w, int inChannels, int outChannels, int k)
    {
        var gradient = new double[n * h * w * inChannels];
        ForEachTap(n, h, w, k, (pixelIn, pixelOut, tap) =>
        {
            for (int i = 0; i < inChannels; i++)
            {
                for (int o = 0; o < outChannels; o++)
                {
                    gradient[pixelIn * inChannels + i] +=
                        gradOut[pixelOut * outChannels + o] * weight[(tap * inChannels + i) * outChannels + o];
                }
            }
        });
        return gradient;
    }

    /// <summary>The gradient with respect to the weight.</summary>
    /// <param name="x">Input, [n, h, w, inChannels].</param>
    /// <param name="gradOut">Gradient of the output, [n, h, w, outChannels].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height.</param>
    /// <param name="w">Width.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="k">Kernel size, odd.</param>
    /// <returns>Gradient, [k, k, inChannels, outChannels].</returns>
    public static double[] WeightGradient(
        double[] x, double[] gradOut, int n, int h, int w, int inChannels, int outChannels, int k)
    {
        var gradient = new double[k * k * inChannels * outChannels];
        ForEachTap(n, h, w, k, (pixelIn, pixelOut, tap) =>
        {
            for (int i = 0; i < inChannels; i++)
            {
                for (int o = 0; o < outChannels; o++)
                {
                    gradient[(tap * inChannels + i) * outChannels + o] +=
                        x[pixelIn * inChannels + i] * gradOut[pixelOut * outChannels + o];
                }
            }
        });
        return gradient;
    }

    /// <summary>The gradient with respect to the bias: the sum of the output's gradient over all pixels.</summary>
    /// <param name="gradOut">Gradient of the output, [n, h, w, outChannels].</param>
    /// <param name="outChannels">Output channels.</param>
    /// <returns>Gradient, [outChannels].</returns>
    public static double[] BiasGradient(double[] gradOut, int outChannels)
    {
        var gradient = new double[outChannels];
        for (int i = 0; i < gradOut.Length; i++)
        {
            gradient[i % outChannels] += gradOut[i];
        }

        return gradient;
    }

    // Every pair of pixels that some element of the kernel connects; the three sums above differ in what they add up only.
    private static void ForEachTap(int n, int h, int w, int k, Action<int, int, int> visit)
    {
        for (int image = 0; image < n; image++)
        {
            for (int y = 0; y < h; y++)
            {
                for (int x = 0; x < w; x++)
                {
                    for (int tap = 0; tap < k * k; tap++)
                    {
                        int yIn = y + tap / k - k / 2;
                        int xIn = x + tap % k - k / 2;
                        if (yIn >= 0 && yIn < h && xIn >= 0 && xIn < w)
                        {
                            visit((image * h + yIn) * w + xIn, (image * h + y) * w + x, tap);
                        }
                    }
                }
            }
        }
    }
}
