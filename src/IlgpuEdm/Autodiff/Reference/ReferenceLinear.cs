namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// A linear layer on the host in float64: out = x weight + bias, with x [rows, inFeatures] and the weight
/// [inFeatures, outFeatures].
/// </summary>
public static class ReferenceLinear
{
    /// <summary>out[r, o] = bias[o] + the sum over i of x[r, i] weight[i, o].</summary>
    /// <param name="x">Input, [rows, inFeatures].</param>
    /// <param name="weight">Weight, [inFeatures, outFeatures].</param>
    /// <param name="bias">Bias, [outFeatures], or null for none.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="inFeatures">Features of the input.</param>
    /// <param name="outFeatures">Features of the output.</param>
    /// <returns>Output, [rows, outFeatures].</returns>
    public static double[] Forward(double[] x, double[] weight, double[]? bias, int rows, int inFeatures, int outFeatures)
    {
        var output = new double[rows * outFeatures];
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < outFeatures; o++)
            {
                double sum = bias is null ? 0 : bias[o];
                for (int i = 0; i < inFeatures; i++)
                {
                    sum += x[r * inFeatures + i] * weight[i * outFeatures + o];
                }

                output[r * outFeatures + o] = sum;
            }
        }

        return output;
    }

    /// <summary>The gradient with respect to the input.</summary>
    /// <param name="gradOut">Gradient of the output, [rows, outFeatures].</param>
    /// <param name="weight">Weight, [inFeatures, outFeatures].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="inFeatures">Features of the input.</param>
    /// <param name="outFeatures">Features of the output.</param>
    /// <returns>Gradient, [rows, inFeatures].</returns>
    public static double[] InputGradient(double[] gradOut, double[] weight, int rows, int inFeatures, int outFeatures)
    {
        var gradient = new double[rows * inFeatures];
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < inFeatures; i++)
            {
                for (int o = 0; o < outFeatures; o++)
                {
                    gradient[r * inFeatures + i] += gradOut[r * outFeatures + o] * weight[i * outFeatures + o];
                }
            }
        }

        return gradient;
    }

    /// <summary>The gradient with respect to the weight.</summary>
    /// <param name="x">Input, [rows, inFeatures].</param>
    /// <param name="gradOut">Gradient of the output, [rows, outFeatures].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="inFeatures">Features of the input.</param>
    /// <param name="outFeatures">Features of the output.</param>
    /// <returns>Gradient, [inFeatures, outFeatures].</returns>
    public static double[] WeightGradient(double[] x, double[] gradOut, int rows, int inFeatures, int outFeatures)
    {
        var gradient = new double[inFeatures * outFeatures];
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < inFeatures; i++)
            {
                for (int o = 0; o < outFeatures; o++)
                {
                    gradient[i * outFeatures + o] += x[r * inFeatures + i] * gradOut[r * outFeatures + o];
                }
            }
        }

        return gradient;
    }

    /// <summary>The gradient with respect to the bias: the sum of the output's gradient over the rows.</summary>
    /// <param name="gradOut">Gradient of the output, [rows, outFeatures].</param>
    /// <param name="outFeatures">Features of the output.</param>
    /// <returns>Gradient, [outFeatures].</returns>
    public static double[] BiasGradient(double[] gradOut, int outFeatures)
    {
        var gradient = new double[outFeatures];
        for (int i = 0; i < gradOut.Length; i++)
        {
            gradient[i % outFeatures] += gradOut[i];
        }

        return gradient;
    }
}
