namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Convolution fused with resampling on the host in float64. Up: the filter's padding and the kernel's cancel as far as both go.
/// Down: the input gets the padding of both, and the filter reads the convolution's output without any. x is [n, h, w, inChannels].
/// </summary>
public static class ReferenceResamplingConvolution
{
    /// <summary>The gradients of a fused convolution.</summary>
    /// <param name="X">Gradient of the input.</param>
    /// <param name="Weight">Gradient of the weight.</param>
    /// <param name="Bias">Gradient of the bias.</param>
    public readonly record struct Gradients(double[] X, double[] Weight, double[] Bias);

    /// <summary>A fused convolution's sizes.</summary>
    /// <param name="N">Images.</param>
    /// <param name="H">Height of the input.</param>
    /// <param name="W">Width of the input.</param>
    /// <param name="In">Input channels.</param>
    /// <param name="Out">Output channels.</param>
    /// <param name="K">Kernel size, odd.</param>
    public readonly record struct Sizes(int N, int H, int W, int In, int Out, int K);

    /// <summary>Twice the height and width.</summary>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="bias">Bias, [outChannels].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="s">The sizes.</param>
    /// <returns>[n, 2h, 2w, outChannels].</returns>
    public static double[] Up(double[] x, double[] weight, double[] bias, int[] filter, Sizes s)
    {
        (int crop, int padding) = UpPaddings(filter, s);
        double[] large = ReferenceFilter.Up(x, filter, s.N, s.H, s.W, s.In, padding);
        double[] y = ReferenceConvolution.Forward(
            large, weight, bias, s.N, 2 * (s.H + crop), 2 * (s.W + crop), s.In, s.Out, s.K);
        return ReferenceBorder.TakeOff(y, s.N, 2 * s.H, 2 * s.W, s.Out, crop);
    }

    /// <summary>The gradients of <see cref="Up"/>.</summary>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="gradOut">Gradient of the output, [n, 2h, 2w, outChannels].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="s">The sizes.</param>
    /// <returns>The gradients.</returns>
    public static Gradients UpGradients(double[] x, double[] weight, double[] gradOut, int[] filter, Sizes s)
    {
        (int crop, int padding) = UpPaddings(filter, s);
        (int h, int w) = (2 * (s.H + crop), 2 * (s.W + crop));
        double[] large = ReferenceFilter.Up(x, filter, s.N, s.H, s.W, s.In, padding);
        double[] dy = ReferenceBorder.PutOn(gradOut, s.N, 2 * s.H, 2 * s.W, s.Out, crop);
        double[] dLarge = ReferenceConvolution.InputGradient(dy, weight, s.N, h, w, s.In, s.Out, s.K);
        return new Gradients(
            ReferenceFilter.UpGradient(dLarge, filter, s.N, s.H, s.W, s.In, padding),
            ReferenceConvolution.WeightGradient(large, dy, s.N, h, w, s.In, s.Out, s.K),
            ReferenceConvolution.BiasGradient(gradOut, s.Out));
    }

    /// <summary>Half the height and width.</summary>
    /// <param name="x">Input, h and w even.</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="bias">Bias, [outChannels].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="s">The sizes.</param>
    /// <returns>[n, h/2, w/2, outChannels].</returns>
    public static double[] Down(double[] x, double[] weight, double[] bias, int[] filter, Sizes s)
    {
        int border = ReferenceFilter.Padding(filter);
        double[] padded = ReferenceBorder.PutOn(x, s.N, s.H, s.W, s.In, border);
        double[] large = ReferenceConvolution.Forward(
            padded, weight, new double[s.Out], s.N, s.H + 2 * border, s.W + 2 * border, s.In, s.Out, s.K);
        double[] y = ReferenceFilter.Down(large, filter, s.N, s.H / 2, s.W / 2, s.Out, padding: 0);
        return [.. y.Select((value, i) => value + bias[i % s.Out])];
    }

    /// <summary>The gradients of <see cref="Down"/>.</summary>
    /// <param name="x">Input, h and w even.</param>
    /// <param name="weight">Weight, [k, k, inChannels, outChannels].</param>
    /// <param name="gradOut">Gradient of the output, [n, h/2, w/2, outChannels].</param>
    /// <param name="filter">The filter, an even number of taps.</param>
    /// <param name="s">The sizes.</param>
    /// <returns>The gradients.</returns>
    public static Gradients DownGradients(double[] x, double[] weight, double[] gradOut, int[] filter, Sizes s)
    {
        int border = ReferenceFilter.Padding(filter);
        (int h, int w) = (s.H + 2 * border, s.W + 2 * border);
        double[] padded = ReferenceBorder.PutOn(x, s.N, s.H, s.W, s.In, border);
        double[] dLarge = ReferenceFilter.DownGradient(gradOut, filter, s.N, s.H / 2, s.W / 2, s.Out, padding: 0);
        double[] dPadded = ReferenceConvolution.InputGradient(dLarge, weight, s.N, h, w, s.In, s.Out, s.K);
        return new Gradients(
            ReferenceBorder.TakeOff(dPadded, s.N, s.H, s.W, s.In, border),
            ReferenceConvolution.WeightGradient(padded, dLarge, s.N, h, w, s.In, s.Out, s.K),
            ReferenceConvolution.BiasGradient(gradOut, s.Out));
    }

    private static (int Crop, int Padding) UpPaddings(int[] filter, Sizes s)
    {
        int crop = Math.Min(ReferenceFilter.Padding(filter), s.K / 2);
        return (crop, ReferenceFilter.Padding(filter) - crop);
    }
}
