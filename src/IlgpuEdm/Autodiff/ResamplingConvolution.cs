namespace IlgpuEdm.Autodiff;

/// <summary>
/// Convolutions fused with resampling, as NCSN++ has them (Song et al. 2021, after StyleGAN2): up filters before the convolution, down
/// after it, and the paddings of both are merged, so that no zero is read twice. Inside an image they equal the one after the other;
/// at the edges they differ.
/// </summary>
public static class ResamplingConvolution
{
    /// <summary>Upsampling, then a convolution that reads beyond the edges of the small image only.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="weight"><c>[k, k, In, Out]</c> with k = 1 or 3.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <param name="filter">The filter as in <see cref="Resampling.Upsample"/>; null for [1, 1].</param>
    /// <returns><c>[N, 2H, 2W, Out]</c>.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit, or the filter cannot resample.</exception>
    public static Tensor ConvolveUp(this Tape tape, Tensor x, Tensor weight, Tensor? bias, IReadOnlyList<int>? filter)
    {
        // What the filter's padding leaves out and the kernel's puts on cancel as far as both go.
        var common = ResamplingFilter.IsBox(filter) ? 0 : Math.Min(filter!.Count / 2 - 1, weight.Size(0) / 2);
        var large = common == 0 ? tape.Upsample(x, filter) : ResamplingFilter.Up(tape, x, filter!, filter!.Count / 2 - 1 - common);
        var y = tape.Convolve(large, weight, bias);
        tape.Release(large);
        if (common == 0)
        {
            return y;
        }

        var inner = tape.Crop(y, common);
        tape.Release(y);
        return inner;
    }

    /// <summary>A convolution with the padding of both, then downsampling without.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, In]</c> with even H and W.</param>
    /// <param name="weight"><c>[k, k, In, Out]</c> with k = 1 or 3.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <param name="filter">The filter as in <see cref="Resampling.Downsample"/>; null for [1, 1].</param>
    /// <returns><c>[N, H/2, W/2, Out]</c>.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit, H or W is odd, or the filter cannot resample.</exception>
    public static Tensor ConvolveDown(this Tape tape, Tensor x, Tensor weight, Tensor? bias, IReadOnlyList<int>? filter)
    {
        Shapes.Require(x.Size(1) % 2 == 0 && x.Size(2) % 2 == 0, [x]);
        var border = ResamplingFilter.IsBox(filter) ? 0 : filter!.Count / 2 - 1;
        var padded = border == 0 ? x : tape.Pad(x, border);

        // The bias passes the filter unchanged: its taps sum to 1, and it reads no zeros.
        var large = tape.Convolve(padded, weight, bias);
        if (border != 0)
        {
            tape.Release(padded);
        }

        var y = border == 0 ? tape.Downsample(large, filter) : ResamplingFilter.Down(tape, large, filter!, 0);
        tape.Release(large);
        return y;
    }
}
