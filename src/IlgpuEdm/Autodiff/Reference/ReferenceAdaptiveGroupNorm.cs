namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Adaptive group normalisation on the host in float64: out = SiLU(u (1 + scale) + shift), where u is the plain normalisation of
/// <see cref="ReferenceGroupNorm"/> and every image has a scale and a shift of its own for each channel.
/// </summary>
public static class ReferenceAdaptiveGroupNorm
{
    /// <summary>The gradients of an adaptive group normalisation.</summary>
    /// <param name="X">Gradient of the input, [n, pixels, c].</param>
    /// <param name="Gamma">Gradient of the norm's scale, [c].</param>
    /// <param name="Beta">Gradient of the norm's shift, [c].</param>
    /// <param name="ScaleShift">Gradient of each image's scales, then shifts, [n, 2c].</param>
    public readonly record struct Gradients(double[] X, double[] Gamma, double[] Beta, double[] ScaleShift);

    /// <summary>out = SiLU(u (1 + scale) + shift).</summary>
    /// <param name="x">Input, [n, pixels, c].</param>
    /// <param name="gamma">Scale of the norm, [c].</param>
    /// <param name="beta">Shift of the norm, [c].</param>
    /// <param name="scaleShift">Each image's scales, then shifts, [n, 2c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Height times width.</param>
    /// <param name="c">Channels, a multiple of <paramref name="groups"/>.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Output, [n, pixels, c].</returns>
    public static double[] Forward(
        double[] x, double[] gamma, double[] beta, double[] scaleShift, int n, int pixels, int c, int groups, double eps)
    {
        double[] norm = ReferenceGroupNorm.Forward(x, gamma, beta, n, pixels, c, groups, eps, silu: false);
        return ReferenceSilu.Forward(Modulate(norm, scaleShift, pixels, c));
    }

    /// <summary>The gradients with respect to everything.</summary>
    /// <param name="x">Input, [n, pixels, c].</param>
    /// <param name="gamma">Scale of the norm, [c].</param>
    /// <param name="beta">Shift of the norm, [c].</param>
    /// <param name="scaleShift">Each image's scales, then shifts, [n, 2c].</param>
    /// <param name="gradOut">Gradient of the output, [n, pixels, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Height times width.</param>
    /// <param name="c">Channels, a multiple of <paramref name="groups"/>.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>The gradients.</returns>
    public static Gradients Backward(
        double[] x, double[] gamma, double[] beta, double[] scaleShift, double[] gradOut, int n, int pixels, int c, int groups, double eps)
    {
        double[] norm = ReferenceGroupNorm.Forward(x, gamma, beta, n, pixels, c, groups, eps, silu: false);
        double[] gradModulated = ReferenceSilu.Gradient(Modulate(norm, scaleShift, pixels, c), gradOut);
        var gradScaleShift = new double[scaleShift.Length];
        var gradNorm = new double[norm.Length];
        for (int i = 0; i < norm.Length; i++)
        {
            int scale = ScaleIndex(i, pixels, c);
            gradScaleShift[scale] += gradModulated[i] * norm[i];
            gradScaleShift[scale + c] += gradModulated[i];
            gradNorm[i] = gradModulated[i] * (1 + scaleShift[scale]);
        }

        ReferenceGroupNorm.Gradients plain =
            ReferenceGroupNorm.Backward(x, gamma, beta, gradNorm, n, pixels, c, groups, eps, silu: false);
        return new Gradients(plain.X, plain.Gamma, plain.Beta, gradScaleShift);
    }

    private static double[] Modulate(double[] norm, double[] scaleShift, int pixels, int c) =>
        [.. norm.Select((u, i) => u * (1 + scaleShift[ScaleIndex(i, pixels, c)]) + scaleShift[ScaleIndex(i, pixels, c) + c])];

    // Where the scale of an element of [n, pixels, c] lies in [n, 2c]; its shift lies c further.
    private static int ScaleIndex(int index, int pixels, int c) => index / (pixels * c) * 2 * c + index % c;
}
