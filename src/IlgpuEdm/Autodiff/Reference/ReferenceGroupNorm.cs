namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Group normalisation on the host in float64, with or without SiLU after it. Images are [n, pixels, c], where pixels is
/// height times width; the channels of an image form equal groups of neighbours, each brought to mean 0 and variance 1
/// (of the population), then scaled by gamma and shifted by beta, both [c].
/// </summary>
public static class ReferenceGroupNorm
{
    /// <summary>The gradients of a group normalisation.</summary>
    /// <param name="X">Gradient of the input, [n, pixels, c].</param>
    /// <param name="Gamma">Gradient of the scale, [c].</param>
    /// <param name="Beta">Gradient of the shift, [c].</param>
    public readonly record struct Gradients(double[] X, double[] Gamma, double[] Beta);

    /// <summary>out = act(gamma (x - mean) / sqrt(variance + eps) + beta), where act is SiLU or nothing.</summary>
    /// <param name="x">Input, [n, pixels, c].</param>
    /// <param name="gamma">Scale, [c].</param>
    /// <param name="beta">Shift, [c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Height times width.</param>
    /// <param name="c">Channels, a multiple of <paramref name="groups"/>.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <returns>Output, [n, pixels, c].</returns>
    public static double[] Forward(
        double[] x, double[] gamma, double[] beta, int n, int pixels, int c, int groups, double eps, bool silu)
    {
        double[] normalised = Normalise(x, n, pixels, c, groups, eps, out _);
        var output = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double value = gamma[i % c] * normalised[i] + beta[i % c];
            output[i] = silu ? ReferenceSilu.Value(value) : value;
        }

        return output;
    }

    /// <summary>The gradients with respect to input, scale and shift.</summary>
    /// <param name="x">Input, [n, pixels, c].</param>
    /// <param name="gamma">Scale, [c].</param>
    /// <param name="beta">Shift, [c].</param>
    /// <param name="gradOut">Gradient of the output, [n, pixels, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Height times width.</param>
    /// <param name="c">Channels, a multiple of <paramref name="groups"/>.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <returns>The three gradients.</returns>
    public static Gradients Backward(
        double[] x, double[] gamma, double[] beta, double[] gradOut, int n, int pixels, int c, int groups, double eps, bool silu)
    {
        double[] normalised = Normalise(x, n, pixels, c, groups, eps, out double[] scale);
        var gradGamma = new double[c];
        var gradBeta = new double[c];
        var gradNormalised = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double slope = silu ? ReferenceSilu.Slope(gamma[i % c] * normalised[i] + beta[i % c]) : 1;
            double gradValue = slope * gradOut[i];
            gradGamma[i % c] += gradValue * normalised[i];
            gradBeta[i % c] += gradValue;
            gradNormalised[i] = gradValue * gamma[i % c];
        }

        // Mean and variance of a group depend on all of its x: what lies along 1 and along the normalised values drops out.
        double count = pixels * (c / groups);
        var sum = new double[n * groups];
        var product = new double[n * groups];
        for (int i = 0; i < x.Length; i++)
        {
            int group = Group(i, pixels, c, groups);
            sum[group] += gradNormalised[i];
            product[group] += gradNormalised[i] * normalised[i];
        }

        var gradX = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int group = Group(i, pixels, c, groups);
            gradX[i] = scale[group] * (gradNormalised[i] - sum[group] / count - normalised[i] * product[group] / count);
        }

        return new Gradients(gradX, gradGamma, gradBeta);
    }

    private static double[] Normalise(double[] x, int n, int pixels, int c, int groups, double eps, out double[] scale)
    {
        double count = pixels * (c / groups);
        var mean = new double[n * groups];
        for (int i = 0; i < x.Length; i++)
        {
            mean[Group(i, pixels, c, groups)] += x[i] / count;
        }

        var variance = new double[n * groups];
        for (int i = 0; i < x.Length; i++)
        {
            double deviation = x[i] - mean[Group(i, pixels, c, groups)];
            variance[Group(i, pixels, c, groups)] += deviation * deviation / count;
        }

        scale = Array.ConvertAll(variance, v => 1 / Math.Sqrt(v + eps));
        var normalised = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int group = Group(i, pixels, c, groups);
            normalised[i] = (x[i] - mean[group]) * scale[group];
        }

        return normalised;
    }

    private static int Group(int index, int pixels, int c, int groups) =>
        index / (pixels * c) * groups + index % c / (c / groups);
}
