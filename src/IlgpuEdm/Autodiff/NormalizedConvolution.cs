namespace IlgpuEdm.Autodiff;

/// <summary>
/// A group norm with SiLU and the convolution after it as one operation: the norm is applied while the convolution loads its input, and
/// again in the backward pass, so that the normalised tensor is never stored.
/// </summary>
public static class NormalizedConvolution
{
    /// <summary><c>(conv(norm(x)) + bias + shift + residual) * scale</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="weight"><c>[k, k, In, Out]</c> with k = 1 or 3.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <param name="shift">Added to each pixel of an image, <c>[N, Out]</c>, or null.</param>
    /// <param name="residual">Added to the output, laid out as it, or null.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <returns><c>[N, H, W, Out]</c>.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit together, or the groups do not divide the channels.</exception>
    public static Tensor NormalizeConvolve(
        this Tape tape, Joined x, GroupNormOptions norm, Tensor weight, Tensor? bias, Tensor? shift = null, Tensor? residual = null,
        float scale = 1f) =>
        Convolution.Apply(tape, x, norm, weight, bias, shift, residual, scale, moments: false);
}
