namespace IlgpuEdm.Autodiff.Reference;

/// <summary>SiLU on the host in float64: x sigmoid(x), element by element.</summary>
public static class ReferenceSilu
{
    /// <summary>x / (1 + exp(-x)).</summary>
    /// <param name="x">Input, of any shape.</param>
    /// <returns>Output, in the same shape.</returns>
    public static double[] Forward(double[] x) => Array.ConvertAll(x, Value);

    /// <summary>The gradient with respect to the input.</summary>
    /// <param name="x">Input of the forward direction.</param>
    /// <param name="gradOut">Gradient of the output.</param>
    /// <returns>Gradient of the input.</returns>
    public static double[] Gradient(double[] x, double[] gradOut)
    {
        var gradient = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] = gradOut[i] * Slope(x[i]);
        }

        return gradient;
    }

    internal static double Value(double x) => x * Sigmoid(x);

    internal static double Slope(double x) => Sigmoid(x) * (1 + x * (1 - Sigmoid(x)));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
